import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { respondInto } from '../../../src/improvement/responses.ts';
import { createVocabulary } from '../../../traces/vocabulary.ts';
import { toExamples } from '../../helpers/examples.ts';
import { treeOf } from '../../helpers/faults.ts';
import { exampleOf, firstClauseOnly, replay } from '../../helpers/rollouts.ts';
import { runTasks, runVocabulary } from '../../helpers/runs.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'responses-'));
afterAll(() => rmSync(root, { recursive: true }));

const vocabulary = createVocabulary(runVocabulary);
const SAMPLES = 400;

/** Two tasks a file. */
const examples = Array.from({ length: 7 }, (_, id) => ({
  ...exampleOf(runTasks[id % 3]!, { id, vocabulary })!,
  walls: 0,
  created: 0,
  expanded: 0,
  layout: BigInt(id),
}));
const tasks = toExamples(examples);

function model() {
  return replay(examples, (response, sample) =>
    sample === 3 ? firstClauseOnly(response) : response,
  );
}

const respond = (folder: string, rollout: ReturnType<typeof model>['rollout'], samples = SAMPLES) =>
  respondInto(path.join(root, folder), tasks, {
    rollout,
    mode: 'slow',
    vocabulary,
    samples,
    temperature: 1,
    maxTokens: 100,
    seed: 'x',
  });

describe('responses to many tasks', () => {
  it('are kept in files of about a thousand, and read in any number of goes', async () => {
    const { rollout, asked } = model();
    const records = await respond('whole', rollout);
    expect(readdirSync(path.join(root, 'whole')).sort()).toEqual(
      ['0', '1', '2', '3'].map((number) => `0000${number}.jsonl.gz`),
    );
    expect(asked.map(({ ids }) => ids.length)).toEqual([2, 2, 2, 1]);
    const ids = [...records].map(({ id }) => id);
    expect(ids.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([...records].map(({ id }) => id)).toEqual(ids);
    const [first] = records;
    const shorter = first!.samples.filter(
      ({ traceLength }) => traceLength < first!.aStarTraceLength,
    );
    expect(shorter).toHaveLength(1);
    expect(first!.referenceTraceLength).toBeNull();
  });

  it('are not asked for again, but for those that are missing or damaged', async () => {
    const whole = treeOf(path.join(root, 'whole'));
    for (let fails = 1; fails <= 4; fails++) {
      const folder = `stopped-${fails}`;
      const { rollout, asked } = model();
      let calls = 0;
      const failing: typeof rollout = (...args) => {
        if (++calls === fails) throw new Error('killed');
        return rollout(...args);
      };
      await expect(respond(folder, failing)).rejects.toThrow('killed');
      const before = asked.length;
      if (fails === 3) truncateSync(path.join(root, folder, '00000.jsonl.gz'), 50);
      await respond(folder, rollout);
      expect(asked.length - before).toBe(4 - (fails - 1) + (fails === 3 ? 1 : 0));
      expect(treeOf(path.join(root, folder))).toEqual(whole);
    }
  });

  it('are asked for again where there are others than so many to each task', async () => {
    await respond('fewer', model().rollout, SAMPLES - 1);
    await respond('fewer', model().rollout);
    expect(treeOf(path.join(root, 'fewer'))).toMatchObject(treeOf(path.join(root, 'whole')));
  });
});
