import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateDataset } from '../../../src/data/generate.ts';
import { mazeSettings } from '../../helpers/datasets.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

const cwd = temporaryFolder();

describe('kit show', () => {
  it('says of an unfinished data set that it is, and how to go on', async () => {
    const out = path.join(cwd, 'unfinished');
    const controller = new AbortController();
    const stopped = generateDataset(mazeSettings({ trainCount: 1000 }), {
      out,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stop')),
    });
    await expect(stopped).rejects.toThrow('stop');
    expect(await runKit('show', out)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        `kit: ${out}: holds an unfinished dataset: ` +
        'gen-mazes or gen-sokoban goes on with --resume\n',
    });
  });

  it('says of a folder that does not exist that it does not', async () => {
    const out = path.join(cwd, 'nope');
    expect((await runKit('show', out)).stderr).toBe(`kit: ${out}: no such folder\n`);
  });
});

describe('kit gen-mazes', () => {
  it.each([
    ['--size 5 --max-tokens 3', /^kit: --max-tokens: found 0 of the 60 .*; raise it\n$/],
    [
      '--size 2',
      /^kit: --count: found 4 of the 60 .*; ask for fewer tasks, or for a larger board\n$/,
    ],
    [
      '--size 2 --count 1 --validation-count 0 --test-count 9',
      /^kit: --test-count: found 4 of the 10 .*; ask for fewer tasks, or for a larger board\n$/,
    ],
  ])('%s names the flag that keeps it from its count', async (flags, line) => {
    const out = path.join(cwd, 'none');
    const count = flags.includes('--count') ? [] : ['--count', '50'];
    const argv = ['gen-mazes', ...flags.split(' '), ...count, '--jobs', '1', '--out', out];
    const { code, stderr } = await runKit(...argv, '--quiet');
    expect([code, stderr]).toEqual([1, expect.stringMatching(line)]);
  });
});
