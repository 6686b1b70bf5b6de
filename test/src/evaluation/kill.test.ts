import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { KILLS, measureMoments, spawnFaulty, treeOf } from '../../helpers/faults.ts';
import { spawnKit, temporaryFolder } from '../../helpers/kit.ts';

const cwd = temporaryFolder();

const TINY = {
  name: 'tiny',
  data: {
    task: { environment: 'maze', width: 3, height: 3 },
    trainCount: 30,
    validationCount: 4,
    testCount: 4,
  },
  model: { dim: 8, encoderLayers: 1, decoderLayers: 1, heads: 2, ffnDim: 16 },
  training: { steps: 5, batchSize: 4, warmupSteps: 2 },
  // So many samples that each task is a batch of its own.
  evaluation: { modes: ['slow', 'fast'], samples: 520, maxTokens: 8 },
};

beforeAll(async () => {
  writeFileSync(path.join(cwd, 'tiny.json'), JSON.stringify(TINY));
  expect((await spawnKit('train tiny.json --out trained -q'.split(' '), { cwd })).code).toBe(0);
});

describe('a process that evaluates', () => {
  it(`may be killed ${KILLS} times, and repeated to the same records`, async () => {
    const evaluating = (folder: string): string[] => {
      cpSync(path.join(cwd, 'trained'), path.join(cwd, folder), { recursive: true });
      return ['eval', folder, '-q'];
    };
    const { moments } = await measureMoments(evaluating('whole'), { cwd, folder: 'whole' });
    const expected = treeOf(path.join(cwd, 'whole', 'evaluation'));
    expect(Object.keys(expected)).toEqual(
      ['fast', 'slow'].flatMap((mode) =>
        ['records.jsonl.gz', 'settings.json'].map((file) => `${mode}-n520-t1/${file}`),
      ),
    );

    const rng = createRng('kills');
    for (let kills = 0, folders = 0; kills < KILLS; folders++) {
      const folder = `killed-${folders}`;
      const argv = evaluating(folder);
      for (let finished = false; !finished;) {
        const killAt = 1 + rng.int(moments);
        const faults = { cwd, folder, killAt, share: rng.next() };
        const { code, stderr } = await spawnFaulty(argv, faults);
        expect([code, stderr]).toEqual([code === 0 ? 0 : null, '']);
        finished = code === 0;
        if (!finished) kills++;
      }
      expect(treeOf(path.join(cwd, folder, 'evaluation'))).toEqual(expected);
    }
  }, 1_200_000);
});
