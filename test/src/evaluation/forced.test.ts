import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/evaluation/evaluate.ts';
import { forcedExamples, type ForcingOptions } from '../../../src/evaluation/forced.ts';
import type { RolloutFn } from '../../../src/evaluation/rollouts.ts';
import { CORRUPTIONS } from '../../../traces/corruptions.ts';
import { createVocabulary, EOS, PLAN, widestVocabulary } from '../../../traces/vocabulary.ts';
import { arbitraryMaze, mazeOf } from '../../helpers/mazes.ts';
import { exampleOf } from '../../helpers/rollouts.ts';
import { textOf } from '../../helpers/traces.ts';

const board = { width: 6, height: 6 };
const written = createVocabulary(widestVocabulary('maze', board));
const vocabulary = createVocabulary({ environment: 'maze', coordinates: 9, costs: 40 });
const OPTIONS: ForcingOptions = { corruption: 'none', vocabulary, written, maxTokens: 1_000 };

const examplesOf = fc
  .array(arbitraryMaze(6), { maxLength: 6 })
  .map((mazes) => mazes.flatMap((maze, id) => exampleOf(maze, { id, vocabulary: written }) ?? []));

describe('forced traces', () => {
  it("are the data set's, in the model's words, then plan", () => {
    fc.assert(
      fc.property(examplesOf, (examples) => {
        const forced = forcedExamples(examples, OPTIONS);
        expect(forced.map(({ id }) => id)).toEqual(examples.map(({ id }) => id));
        for (const { reasoning, prefix } of forced) {
          expect(textOf(prefix.tokens, vocabulary)).toBe(`${textOf(reasoning, written)} plan`);
          expect(prefix.clause).toBeNull();
        }
      }),
    );
  });

  it('leave out tasks that do not allow a corruption, and no others whatever is asked with them', () => {
    fc.assert(
      fc.property(examplesOf, fc.constantFrom(...CORRUPTIONS), (examples, corruption) => {
        const options = { ...OPTIONS, corruption };
        const forced = forcedExamples(examples, options);
        if (corruption === 'swap') return;
        const alone = examples.flatMap((example) => forcedExamples([example], options));
        expect(forced).toEqual(alone);
      }),
    );
  });

  it('are those of the next task when swapped, of the first behind the last', () => {
    const mazes = [mazeOf('S..', '...', '..G'), mazeOf('S.#', '..G', '...'), mazeOf('GS')];
    const examples = mazes.map((maze, id) => exampleOf(maze, { id, vocabulary: written })!);
    const forced = forcedExamples(examples, { ...OPTIONS, corruption: 'swap' });
    const texts = examples.map(({ reasoning }) => `${textOf(reasoning, written)} plan`);
    expect(forced.map(({ prefix }) => textOf(prefix.tokens, vocabulary))).toEqual([
      texts[1],
      texts[2],
      texts[0],
    ]);
    expect(forcedExamples(examples.slice(0, 1), { ...OPTIONS, corruption: 'swap' })).toEqual([]);
  });

  it('leave room for the plan and eos, and use no words that the model lacks', () => {
    const example = exampleOf(mazeOf('S..G'), { id: 0, vocabulary: written })!;
    const needed = example.reasoning.length + example.plan.length + 1;
    const kept = (options: Partial<ForcingOptions>) =>
      forcedExamples([example], { ...OPTIONS, ...options }).length;
    expect(kept({ maxTokens: needed })).toBe(1);
    expect(kept({ maxTokens: needed - 1 })).toBe(0);
    const words = { environment: 'maze', coordinates: 4, costs: 4 };
    expect(kept({ vocabulary: createVocabulary(words) })).toBe(1);
    expect(kept({ vocabulary: createVocabulary({ ...words, costs: 3 }) })).toBe(0);
  });

  it('leave out a task whose own trace tells no optimal plan', () => {
    const example = exampleOf(mazeOf('S..G'), { id: 0, vocabulary: written })!;
    for (const reasoning of [example.reasoning.slice(0, -5), new Uint16Array(0)]) {
      expect(forcedExamples([{ ...example, reasoning }], OPTIONS)).toEqual([]);
    }
  });
});

it('a response behind a forced trace is judged as its plan is, and recorded with what was forced', async () => {
  const maze = mazeOf('S..', '.#.', '..G');
  const example = exampleOf(maze, { id: 7, vocabulary })!;
  const examples = forcedExamples([example], {
    ...OPTIONS,
    corruption: 'drop-close',
    written: vocabulary,
  });
  const [{ prefix }] = examples as [(typeof examples)[0]];
  const rollout: RolloutFn = async (requests) =>
    requests.map((request) => [
      Uint16Array.from([...Array.from(request.prefix!), ...example.plan.slice(1), EOS]),
    ]);
  const options = {
    mode: 'slow',
    vocabulary,
    samples: 1,
    temperature: 0,
    maxTokens: 1_000,
  } as const;
  const [record] = await evaluate(examples, rollout, { ...options, seed: 1 });
  expect(record!.forced).toEqual({ length: prefix.tokens.length, clause: prefix.clause });
  expect(prefix.tokens.at(-1)).toBe(PLAN);
  expect(record!.samples[0]).toMatchObject({
    outcome: 'optimal',
    trace: 'illegal',
    traceLength: prefix.tokens.length - 1,
  });
});
