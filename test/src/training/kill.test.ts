import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { readMetrics } from '../../../src/training/metricsLog.ts';
import { runPaths } from '../../../src/training/runFolder.ts';
import { KILLS, measureMoments, spawnFaulty, TINY_SETTINGS, treeOf } from '../../helpers/faults.ts';
import { temporaryFolder } from '../../helpers/kit.ts';

const cwd = temporaryFolder();

const TINY = {
  ...TINY_SETTINGS,
  name: 'tiny',
  data: { ...TINY_SETTINGS.data, trainCount: 100, validationCount: 10, testCount: 10 },
  training: { steps: 40, batchSize: 4, warmupSteps: 5, checkpointEvery: 7 },
};

const train = (out: string): string[] => ['train', 'tiny.json', '--out', out, '--resume', '-q'];
const checkpoints = (run: string) => treeOf(runPaths(path.join(cwd, run)).checkpoints);

describe('a process that trains', () => {
  const kills = Math.ceil(KILLS / 2);
  it(`may be killed ${kills} times, and resumed to the same bytes`, async () => {
    writeFileSync(path.join(cwd, 'tiny.json'), JSON.stringify(TINY));
    const { moments } = await measureMoments(train('whole'), { cwd, folder: 'whole' });
    const expected = checkpoints('whole');
    expect(Object.keys(expected)).toContain('step-00000040.safetensors');

    const rng = createRng('kills');
    for (let killed = 0; killed < kills;) {
      const folder = path.basename(mkdtempSync(path.join(cwd, 'killed-')));
      for (let finished = false; !finished;) {
        const faults = { cwd, folder, killAt: 1 + rng.int(moments), share: rng.next() };
        const { code, stderr } = await spawnFaulty(train(folder), faults);
        expect([code, stderr]).toEqual([code === 0 ? 0 : null, '']);
        finished = code === 0;
        if (!finished) killed++;
      }
      expect(checkpoints(folder)).toEqual(expected);
      const { metrics } = runPaths(path.join(cwd, folder));
      const losses = readMetrics(metrics).filter((line) => 'loss' in line);
      expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
      expect(readdirSync(path.join(cwd, folder)).filter((name) => name.endsWith('.tmp'))).toEqual(
        [],
      );
    }
  }, 1_200_000);
});
