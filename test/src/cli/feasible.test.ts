/** What the settings alone show not to be possible is refused before there are data or folders. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

const before = process.cwd();
const folder = temporaryFolder();
beforeAll(() => process.chdir(folder));
afterAll(() => process.chdir(before));

const HUGE = { dim: 16_384, encoderLayers: 32, decoderLayers: 32, heads: 64, ffnDim: 65_536 };
const train = (...sets: readonly string[]) => [
  'train',
  'demo',
  '--out',
  'x',
  ...sets.flatMap((set) => ['--set', set]),
];

describe('an experiment', () => {
  it.each([
    [
      'with a batch that no memory holds',
      train('training.batchSize=1e8', 'data.trainCount=1e8'),
      /^kit: training\.batchSize: 100,000,000 sequences at once need [\d.]+ GB even if they are short, and/,
    ],
    [
      'with a model that no memory holds, whatever the batch',
      train(`model=${JSON.stringify(HUGE)}`, 'training.batchSize=100000'),
      /^kit: model: [\d,]+ parameters and their optimiser need about [\d.]+ GB, and/,
    ],
    [
      'with more examples than tasks',
      train('training.examples=200001'),
      /^kit: training\.examples: 200001, but data\.trainCount is 200000$/m,
    ],
    [
      'with nothing to evaluate on',
      ['run', 'demo', '--set', 'data.testCount=0'],
      /^kit: data\.testCount: is 0, so there is nothing to evaluate on$/m,
    ],
  ])('%s is refused in one line, and leaves nothing', async (_, argv, message) => {
    const { code, stdout, stderr } = await runKit(...argv);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(readdirSync('.')).toEqual([]);
  });
});
