import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/evaluation/evaluate.ts';
import { evaluationFolder, type EvaluationSettings } from '../../../src/evaluation/evaluation.ts';
import type { RolloutFn } from '../../../src/evaluation/rollouts.ts';
import { hasUnfinished, openUnfinished } from '../../../src/evaluation/unfinished.ts';
import { createVocabulary, widestVocabulary } from '../../../traces/vocabulary.ts';
import { arbitraryMaze } from '../../helpers/mazes.ts';
import { exampleOf, replay } from '../../helpers/rollouts.ts';
import { evaluationSettings } from '../../helpers/runs.ts';

const NAME = 'slow-greedy';
const vocabulary = createVocabulary(widestVocabulary('maze', { width: 6, height: 6 }));
const examples = fc
  .sample(arbitraryMaze(6), { numRuns: 60, seed: 1 })
  .flatMap((task, id) => exampleOf(task, { id, vocabulary }) ?? [])
  .slice(0, 11);

let run: string;
beforeAll(() => (run = mkdtempSync(path.join(os.tmpdir(), 'unfinished-'))));
afterAll(() => rmSync(run, { recursive: true }));

const folder = (): string => evaluationFolder(run, NAME);
beforeEach(() => {
  rmSync(folder(), { recursive: true, force: true });
  mkdirSync(folder(), { recursive: true });
});

const base = evaluationSettings('slow');

/** One session of an evaluation in batches of two tasks. */
function session(rollout: RolloutFn, settings: EvaluationSettings = base) {
  const finished = openUnfinished(run, NAME, settings);
  return evaluate(examples, rollout, { ...settings, vocabulary, batchSize: 2, finished });
}

/** Breaks in the call with this number, from 0. */
function breakingAt(calls: number, rollout: RolloutFn): RolloutFn {
  let call = 0;
  return (requests, options) => {
    if (call++ === calls) throw new Error('broken');
    return rollout(requests, options);
  };
}

describe('an evaluation that was stopped', () => {
  it('any number of times has the records of one made at once, and asks for each task once', async () => {
    const whole = await evaluate(examples, replay(examples).rollout, { ...base, vocabulary });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 3 }), { maxLength: 5 }), async (breaks) => {
        const { rollout, asked } = replay(examples);
        for (const calls of breaks) {
          await session(breakingAt(calls, rollout)).catch((error: Error) => {
            expect(error.message).toBe('broken');
          });
        }
        expect(await session(rollout)).toEqual(whole);
        const ids = asked.flatMap((request) => request.ids.map(Number));
        expect(ids.sort((a, b) => a - b)).toEqual(
          examples.map(({ id }) => id).sort((a, b) => a - b),
        );
        openUnfinished(run, NAME, base).remove();
        expect(readdirSync(folder())).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, Partial<EvaluationSettings>]>([
    ['other weights', { checkpoint: { step: 200, sha256: 'abcd' } }],
    ['other data', { dataset: '4567' }],
    ['another seed', { seed: 2 }],
    ['a longer response', { maxTokens: 101 }],
    ['another number of A* runs', { referenceRuns: 9 }],
  ])('is not taken for one with %s', async (_, change) => {
    const { rollout } = replay(examples);
    await expect(session(breakingAt(3, rollout))).rejects.toThrow('broken');
    expect(hasUnfinished(run, NAME, base)).toBe(true);
    const other = replay(examples);
    const settings = { ...base, ...change };
    await session(other.rollout, settings);
    expect(other.asked.flatMap(({ ids }) => ids)).toHaveLength(examples.length);
    expect(hasUnfinished(run, NAME, base)).toBe(false);
  });

  it('is answered again where its files were damaged or exchanged', async () => {
    const whole = await session(replay(examples).rollout);
    const own = path.join(folder(), readdirSync(folder())[0]!);
    const files = readdirSync(own).map((name) => path.join(own, name));
    expect(files).toHaveLength(6);
    const kept = files.map((file) => readFileSync(file));
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.nat(5), fc.nat(), async (cut, exchanged, length) => {
        files.forEach((file, i) => writeFileSync(file, kept[i]!));
        writeFileSync(files[exchanged]!, kept[cut]!);
        writeFileSync(files[cut]!, kept[cut]!.subarray(0, length % kept[cut]!.length));
        const { rollout, asked } = replay(examples);
        expect(await session(rollout)).toEqual(whole);
        expect(asked).toHaveLength(new Set([cut, exchanged]).size);
      }),
      { numRuns: 60 },
    );
  });

  it('loses what a process that was killed had not finished writing', () => {
    writeFileSync(path.join(folder(), 'records.jsonl.gz.42-00ff00ff.tmp'), '');
    openUnfinished(run, NAME, base);
    expect(readdirSync(folder())).toEqual([]);
  });
});
