import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import type { Board } from '../../../envs/environment.ts';
import type { Sokoban } from '../../../envs/sokoban/sokoban.ts';
import { createRng } from '../../../envs/rng.ts';
import { evaluate, type EvaluateOptions, judgeResponse } from '../../../src/evaluation/evaluate.ts';
import { computeMetrics } from '../../../src/evaluation/metrics.ts';
import { MODES, type Mode } from '../../../traces/modes.ts';
import { responseGrammar } from '../../../traces/grammar.ts';
import { createVocabulary, EOS, PLAN, widestVocabulary } from '../../../traces/vocabulary.ts';
import { arbitraryMaze, mazeOf } from '../../helpers/mazes.ts';
import {
  exampleOf,
  firstClauseOnly,
  perfectResponse,
  planStart,
  replay,
} from '../../helpers/rollouts.ts';
import { arbitrarySokoban } from '../../helpers/sokoban.ts';

const board = { width: 8, height: 8 };
const vocabularies = {
  maze: createVocabulary(widestVocabulary('maze', board)),
  sokoban: createVocabulary(widestVocabulary('sokoban', board)),
};
const tasks: readonly [keyof typeof vocabularies, fc.Arbitrary<Board>, number][] = [
  ['maze', arbitraryMaze(6), 300],
  ['sokoban', arbitrarySokoban(4, 2).map(withoutDockedBoxes), 100],
];

describe.each(tasks)('a model that replays A* in %s', (environment, task, numRuns) => {
  const vocabulary = vocabularies[environment];

  it.each(MODES)('is optimal, with legal traces, and its SWC is 1, in %s mode', async (mode) => {
    await fc.assert(
      fc.asyncProperty(fc.array(task, { maxLength: 4 }), fc.boolean(), async (boards, random) => {
        const examples = boards.flatMap((one, id) => {
          const rng = random ? createRng(id) : undefined;
          return exampleOf(one, { id, vocabulary, ...(rng && { rng }) }) ?? [];
        });
        const records = await evaluate(
          examples,
          replay(examples).rollout,
          options(environment, mode),
        );
        expect(records.map(({ id }) => id)).toEqual(examples.map(({ id }) => id));
        if (records.length === 0) return;
        const metrics = computeMetrics(records);
        expect(metrics.optimalRate?.value).toBe(1);
        expect(metrics.swc?.value).toBe(1);
        expect(metrics.threeOptimal?.value).toBe(1);
        expect(metrics.diversity?.value).toBe(1);
        if (mode === 'fast') {
          expect(metrics.legalRate).toBeNull();
          expect(metrics.ilrOptimal).toBeNull();
          expect(metrics.traceLength?.value).toBe(0);
        } else {
          expect(metrics.legalRate?.value).toBe(1);
          expect(metrics.traceLength?.value).toBeCloseTo(metrics.aStarTraceLength?.value ?? 0, 9);
        }
      }),
      { numRuns },
    );
  });
});

it('A* on levels with boxes on docks is judged optimal and legal, given the level itself', () => {
  const vocabulary = vocabularies.sokoban;
  fc.assert(
    fc.property(arbitrarySokoban(4, 2), (task) => {
      const example = exampleOf(task, { id: 0, vocabulary });
      if (example === null) return;
      const tokens = Uint16Array.from(perfectResponse(example, []));
      const sample = judgeResponse(tokens, { example, task, vocabulary });
      expect(sample.outcome).toBe('optimal');
      expect(sample.trace).toBe('legal');
    }),
    { numRuns: 300 },
  );
});

describe('t*', () => {
  it('makes the ILR of nondeterministic A* itself about 1', async () => {
    const rng = createRng('ILR');
    const boards = fc.sample(arbitraryMaze(8), { numRuns: 400, seed: 7 });
    const examples = boards.flatMap(
      (one, id) => exampleOf(one, { id, vocabulary: vocabularies.maze, rng: rng.split(id) }) ?? [],
    );
    expect(examples.length).toBeGreaterThan(100);
    const records = await evaluate(examples, replay(examples).rollout, options('maze', 'slow'));
    const { ilrOptimal } = computeMetrics(records);
    expect(ilrOptimal?.value).toBeGreaterThan(0.97);
    expect(ilrOptimal?.value).toBeLessThan(1.06);
  });

  it('depends on seed and task, not on the mode or on the other tasks', async () => {
    const examples = openMazes(6);
    const lengths = async (some: typeof examples, changes: Partial<EvaluateOptions>) =>
      (
        await evaluate(some, replay(examples).rollout, { ...options('maze', 'slow'), ...changes })
      ).map((record) => record.referenceTraceLength);
    const all = await lengths(examples, {});
    expect(await lengths(examples, { mode: 'fast', samples: 1, batchSize: 1 })).toEqual(all);
    expect(await lengths(examples.slice(3), {})).toEqual(all.slice(3));
    expect(await lengths(examples, { seed: 'another' })).not.toEqual(all);
    expect(await lengths(examples, { referenceRuns: 0 })).toEqual(all.map(() => null));
  });
});

/**
 *   S.    plan (0,0) (1,0) (1,1); the only other way is (0,0) (0,1) (1,1)
 *   .G
 */
describe('a corrupted response is judged so', () => {
  const vocabulary = vocabularies.maze;
  const task = mazeOf('S.', '.G');
  const example = exampleOf(task, { id: 0, vocabulary })!;
  const at = (x: number, y: number) => [PLAN, vocabulary.coordinate(x), vocabulary.coordinate(y)];
  const judge = (...ids: number[]) =>
    judgeResponse(Uint16Array.from(ids), { example, task, vocabulary });
  const trace = [...example.reasoning];

  it.each<[string, number[], object]>([
    [
      'the other shortest plan',
      [...at(0, 0), ...at(1, 0), ...at(1, 1), EOS],
      { outcome: 'optimal', planLength: 3 },
    ],
    [
      'a plan that goes back',
      [...at(0, 0), ...at(0, 1), ...at(0, 0), ...at(1, 0), ...at(1, 1), EOS],
      { outcome: 'solved', planLength: 5, reason: null },
    ],
    [
      'a plan that starts late',
      [...at(1, 0), ...at(1, 1), EOS],
      { outcome: 'wrong', planLength: 2 },
    ],
    [
      'a plan that stops early',
      [...at(0, 0), ...at(1, 0), EOS],
      { outcome: 'wrong', planLength: 2 },
    ],
    ['a plan that jumps', [...at(0, 0), ...at(1, 1), EOS], { outcome: 'wrong', planLength: 2 }],
    [
      'a plan that leaves the board',
      [...at(0, 0), ...at(2, 0), ...at(1, 1), EOS],
      { outcome: 'wrong' },
    ],
    [
      'a plan without eos',
      [...at(0, 0), ...at(1, 0), ...at(1, 1)],
      { outcome: 'malformed', planLength: null },
    ],
    ['a plan with half a position', [...at(0, 0), PLAN, 9, EOS], { outcome: 'malformed' }],
    ['nothing but eos', [EOS], { outcome: 'malformed', traceLength: 0, trace: 'none' }],
    ['nothing at all', [], { outcome: 'malformed', traceLength: 0, trace: 'none' }],
    [
      'a trace and no plan',
      trace,
      { outcome: 'malformed', traceLength: trace.length, trace: 'legal' },
    ],
    [
      'a trace with a clause left out',
      [...trace.slice(5), ...at(0, 0), ...at(1, 0), ...at(1, 1), EOS],
      { outcome: 'optimal', trace: 'illegal' },
    ],
  ])('%s', (_, ids, expected) => {
    expect(judge(...ids)).toMatchObject(expected);
  });

  it('any ids are judged, and kept', () => {
    fc.assert(
      fc.property(fc.uint16Array({ max: 40, maxLength: 60 }), (tokens) => {
        const sample = judgeResponse(tokens, { example, task, vocabulary });
        expect(sample.tokens).toEqual(tokens);
        expect(sample.planLength === null).toBe(sample.outcome === 'malformed');
        expect(sample.reason === null).toBe(['optimal', 'solved'].includes(sample.outcome));
        expect(sample.traceLength).toBeLessThanOrEqual(tokens.length);
        if (sample.traceLength === 0) expect(sample.trace).toBe('none');
      }),
      { numRuns: 3000 },
    );
  });

  it('an optimal length that a plan undercuts is an error in the data', () => {
    const problem = { example: { id: 7, optimalLength: 4 }, task, vocabulary };
    const tokens = Uint16Array.from(perfectResponse(example, []));
    expect(() => judgeResponse(tokens, problem)).toThrow(InputError);
    expect(() => judgeResponse(tokens, problem)).toThrow(
      /task 7: optimalLength is 4, but a plan of 3/,
    );
  });
});

describe('corrupted models', () => {
  const examples = openMazes(40);
  const judged = async (
    alter: (response: number[], sample: number) => readonly number[],
    mode: Mode,
  ) =>
    computeMetrics(
      await evaluate(examples, replay(examples, alter).rollout, options('maze', mode)),
    );

  it('one that forgets the last position solves nothing', async () => {
    const metrics = await judged((r) => [...r.slice(0, -4), EOS], 'slow');
    expect(metrics.solvedRate?.value).toBe(0);
    expect(metrics.swc?.value).toBe(0);
    expect(metrics.ilrSolved?.value).toBe(0);
    expect(metrics.legalRate?.value).toBe(1);
  });

  it('one that shows the first clause only has a high ILR and no legal trace', async () => {
    const metrics = await judged(firstClauseOnly, 'slow');
    expect(metrics.optimalRate?.value).toBe(1);
    expect(metrics.traceLength?.value).toBe(5);
    expect(metrics.ilrOptimal?.value).toBeGreaterThan(4);
    expect(metrics.legalRate?.value).toBe(0);
    expect(metrics.consistentRate?.value).toBe(1);
  });

  it('one that answers one of four samples has 1-Optimal of 1 and 3-Optimal of 0', async () => {
    const metrics = await judged((r, sample) => (sample === 2 ? r : []), 'fast');
    expect(metrics.optimalRate?.value).toBe(0.25);
    expect(metrics.oneOptimal?.value).toBe(1);
    expect(metrics.threeOptimal?.value).toBe(0);
    expect(metrics.swc?.value).toBe(1);
  });

  it('one that thinks every other time is half with and half without trace', async () => {
    const metrics = await judged((r, s) => (s % 2 ? r : r.slice(planStart(r))), 'auto');
    expect(metrics.traceRate?.value).toBe(0.5);
    expect(metrics.legalRate?.value).toBe(1);
    expect(metrics.optimalRate?.value).toBe(1);
  });
});

describe('evaluate asks the rollout', () => {
  const examples = openMazes(10);

  it('for every task once, in batches that hold batchSize responses at most, longest first', async () => {
    const { rollout, asked } = replay(examples);
    const progress: number[] = [];
    await evaluate(examples, rollout, {
      ...options('maze', 'auto'),
      batchSize: 12,
      onProgress: ({ done, total }) => progress.push(done / total),
    });
    expect(asked.map(({ ids }) => ids.length)).toEqual([3, 3, 3, 1]);
    const ids = asked.flatMap(({ ids: batch }) => batch.map(Number));
    expect([...ids].sort((a, b) => a - b)).toEqual(examples.map(({ id }) => id));
    const lengths = ids.map((id) => examples[id]!.reasoning.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
    expect(progress).toEqual([0.3, 0.6, 0.9, 1]);
  });

  it('with the prefix of the mode and the options as given', async () => {
    for (const [mode, prefix] of [
      ['slow', ['create']],
      ['fast', ['plan']],
      ['auto', []],
    ] as const) {
      const { rollout, asked } = replay(examples);
      await evaluate(examples, rollout, options('maze', mode));
      expect(asked[0]?.options).toMatchObject({
        samples: 4,
        temperature: 1,
        maxTokens: 99,
        seed: 1,
      });
      expect(asked[0]?.options.prefix.map((id) => vocabularies.maze.token(id))).toEqual(prefix);
    }
  });

  it('for tokens that are likely enough and in form, if it is told so', async () => {
    const { vocabulary, ...own } = options('maze', 'auto');
    const { rollout, asked } = replay(examples);
    await evaluate(examples, rollout, { ...own, vocabulary });
    for (const field of ['topK', 'topP', 'grammar']) {
      expect(asked[0]?.options).not.toHaveProperty(field);
    }
    const held = replay(examples);
    const choice = { topK: 5, topP: 0.9, form: 'complete' } as const;
    await evaluate(examples, held.rollout, { ...own, vocabulary, ...choice });
    const grammar = responseGrammar(vocabulary, 'complete');
    expect(held.asked[0]?.options).toMatchObject({ topK: 5, topP: 0.9, grammar });
  });

  it('no more once the signal is aborted', async () => {
    const { rollout, asked } = replay(examples);
    const controller = new AbortController();
    const aborted = evaluate(examples, rollout, {
      ...options('maze', 'auto'),
      batchSize: 4,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(aborted).rejects.toThrow('enough');
    expect(asked).toHaveLength(1);
  });

  it('and refuses another number of responses than it asked for', async () => {
    const silent = evaluate(examples, async () => [], options('maze', 'auto'));
    await expect(silent).rejects.toThrow(/did not give 4 responses/);
  });
});

// Helpers

/** Prompts do not tell of boxes that stand on docks. */
function withoutDockedBoxes(level: Sokoban): Sokoban {
  const boxes = level.boxes.filter((box) => !level.docks.includes(box));
  const docks = level.docks.filter((dock) => !level.boxes.includes(dock));
  return { ...level, boxes, docks };
}

function options(environment: keyof typeof vocabularies, mode: Mode): EvaluateOptions {
  const vocabulary = vocabularies[environment];
  return { mode, vocabulary, samples: 4, temperature: 1, maxTokens: 99, seed: 1 };
}

/** Solvable mazes of growing size, with ids 0, 1, …. */
function openMazes(count: number) {
  const found = fc
    .sample(arbitraryMaze(6), { numRuns: 20 * count, seed: count })
    .filter((task) => exampleOf(task, { id: 0, vocabulary: vocabularies.maze }) !== null)
    .slice(0, count);
  return found.map((task, id) => exampleOf(task, { id, vocabulary: vocabularies.maze })!);
}
