import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listCheckpoints, readCheckpoint } from '../../../src/training/checkpoint.ts';
import { contentOf } from '../../helpers/datasets.ts';
import { spawnKit, temporaryFolder } from '../../helpers/kit.ts';

const cwd = temporaryFolder();
const mazes = (out: string) => `gen-mazes --size 8 --count 20000 --jobs 1 --out ${out}`.split(' ');

describe('a command that is told to end', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s saves, says how to go on, and ends with %d', async (signal, code) => {
    const out = `data-${signal}`;
    let told = false;
    const stopped = await spawnKit(mazes(out), {
      cwd,
      onStderr(text, kill) {
        if (!told && text.includes('generating')) kill(signal);
        told ||= text.includes('generating');
      },
    });
    expect(stopped.code).toBe(code);
    expect(stopped.stdout).toBe('');
    expect(stopped.stderr).toContain(`kit: interrupted by ${signal}; add --resume to go on\n`);
    expect(existsSync(path.join(cwd, out, 'manifest.json'))).toBe(false);

    const again = await spawnKit(mazes(out), { cwd });
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('add --resume')]);
    const resumed = await spawnKit([...mazes(out), '--resume'], { cwd });
    expect(resumed.code).toBe(0);
    if (!existsSync(path.join(cwd, 'whole'))) await spawnKit(mazes('whole'), { cwd });
    expect(contentOf(path.join(cwd, out))).toEqual(contentOf(path.join(cwd, 'whole')));
  });

  it('while it trains keeps its steps, and then ends with the weights of a run left alone', async () => {
    const task = { environment: 'maze', width: 3, height: 3, walls: [0.1, 0.4] };
    const data = { task, trainCount: 30, validationCount: 4, testCount: 4 };
    const model = { dim: 8, encoderLayers: 1, decoderLayers: 1, heads: 2, ffnDim: 8 };
    const training = { steps: 120, batchSize: 2, warmupSteps: 2, checkpointEvery: 50 };
    writeFileSync(
      path.join(cwd, 'tiny.json'),
      JSON.stringify({ name: 'tiny', data, model, training }),
    );
    const train = (out: string) => `train tiny.json --backend cpu --out ${out}`.split(' ');
    let told = false;
    const stopped = await spawnKit(train('stopped'), {
      cwd,
      onStderr(text, kill) {
        if (!told && text.includes('training:')) kill('SIGTERM');
        told ||= text.includes('training:');
      },
    });
    expect([stopped.code, stopped.stdout]).toEqual([143, '']);
    const saved = listCheckpoints(path.join(cwd, 'stopped', 'checkpoints')).at(-1)!.step;
    expect(saved).toBeGreaterThan(0);
    expect(saved).toBeLessThan(120);
    expect((await spawnKit([...train('stopped'), '--resume', '-q'], { cwd })).code).toBe(0);
    expect((await spawnKit([...train('alone'), '-q'], { cwd })).code).toBe(0);
    const last = 'checkpoints/step-00000120.safetensors';
    const weights = (run: string) => readCheckpoint(path.join(cwd, run, last));
    expect(weights('stopped')).toEqual(weights('alone'));
  });

  it('with nothing to save ends at once', async () => {
    const level = ['##########', ...Array(7).fill('#        #'), '##########'];
    level[3] = '# $$$$   #';
    level[5] = '# @....  #';
    writeFileSync(path.join(cwd, 'slow.xsb'), level.join('\n'));
    const { code } = await spawnKit(['trace', 'slow.xsb', '--json'], {
      cwd,
      node: ['--import', 'data:text/javascript,process._rawDebug("begun")'],
      onStderr: (_, kill) => kill('SIGTERM'),
    });
    expect(code).toBeNull();
  });
});

describe('a reader that goes away', () => {
  it('is no reason to complain or to go on', async () => {
    const problems = Array(2000).fill(`S${'.'.repeat(29)}\n${'.'.repeat(29)}G`);
    writeFileSync(path.join(cwd, 'many.txt'), problems.join('\n\n'));
    const count = `data:text/javascript,${encodeURIComponent(`
      const write = process.stdout.write.bind(process.stdout);
      let lines = 0;
      process.on('exit', () => process._rawDebug(lines < 2000 ? 'stopped' : 'went on'));
      process.stdout.write = (...args) => (lines++, write(...args));`)}`;
    const { code, stderr } = await spawnKit(['trace', 'many.txt', '--json'], {
      cwd,
      node: ['--import', count],
      hangUp: true,
    });
    expect([code, stderr]).toEqual([0, 'stopped\n']);
  });
});

describe('the compiled command', () => {
  it('is quiet about its progress if asked to', async () => {
    const argv = 'gen-mazes --size 5 --count 20 --validation-count 0 --test-count 0 --out quiet -q';
    const { code, stdout, stderr } = await spawnKit(argv.split(' '), { cwd });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'quiet: 20 training, 0 validation, 0 test tasks\n',
      stderr: '',
    });
  });

  it('puts data where its size says, with the settings of its flags', async () => {
    const flags =
      '--width 4 --height 3 --walls 0.1-0.2 --nondeterministic --seed 9 --tasks-per-layout 2';
    const counts = '--count 10 --validation-count 3 --test-count 4 --max-tokens 500 --jobs 2';
    const argv = `gen-mazes ${flags} ${counts}`.split(' ');
    expect((await spawnKit(argv, { cwd })).code).toBe(0);
    const file = path.join(cwd, 'data', 'maze4x3', 'manifest.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      settings: {
        task: { environment: 'maze', width: 4, height: 3, walls: [0.1, 0.2] },
        trainCount: 10,
        validationCount: 3,
        testCount: 4,
        tasksPerLayout: 2,
        nondeterministic: true,
        maxTokens: 500,
        seed: 9,
      },
    });
  });

  it('generates Sokoban with the sizes of the papers unless told otherwise', async () => {
    const argv = 'gen-sokoban --count 3 --validation-count 0 --test-count 0';
    expect((await spawnKit(argv.split(' '), { cwd })).code).toBe(0);
    const file = path.join(cwd, 'data', 'sokoban7', 'manifest.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      settings: {
        task: { environment: 'sokoban', width: 7, height: 7, boxes: 2, walls: 2 },
        maxTokens: 10_000,
      },
    });
  });
});
