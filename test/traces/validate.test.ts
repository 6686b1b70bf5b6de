import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../envs/inputError.ts';
import { parseSokoban } from '../../envs/sokoban/text.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { createTraceValidator, validateTrace } from '../../traces/validate.ts';
import { createVocabulary, type Vocabulary } from '../../traces/vocabulary.ts';
import { arbitraryMaze, mazeOf } from '../helpers/mazes.ts';
import { arbitraryMutation } from '../helpers/mutations.ts';
import { agreement, allMazeLogs } from '../helpers/searchOracle.ts';
import {
  arbitraryMazeTrace,
  arbitrarySokobanTrace,
  arbitraryTrace,
  clausesOf,
  idsOf,
  textOf,
  type Trace,
  traceOf,
} from '../helpers/traces.ts';

describe('a complete trace', () => {
  it('of A*, deterministic or not, is legal on every maze', () => {
    fc.assert(
      fc.property(arbitraryMazeTrace(), (trace) => {
        expect(judge(trace)).toEqual({ verdict: 'legal' });
      }),
      { numRuns: 2_000 },
    );
  });

  it('of A*, deterministic or not, is legal on every Sokoban level', () => {
    fc.assert(
      fc.property(arbitrarySokobanTrace(4), (trace) => {
        const verdict = trace.reasoning.length === 0 ? 'none' : 'legal';
        expect(judge(trace)).toEqual({ verdict });
      }),
      { numRuns: 1_000 },
    );
  });

  it('is legal if it is one of all that A* can write, and only then', () => {
    fc.assert(
      fc.property(arbitraryMaze(3), fc.array(arbitraryMutation), (maze, mutations) => {
        const logs = allMazeLogs(maze, 300);
        fc.pre(logs !== null);
        const trace = traceOf('maze', maze);
        for (const log of logs) expect(judge(trace, log)).toEqual({ verdict: 'legal' });
        const some = [...logs].filter((_, i) => i % 17 === 0);
        for (const log of some) {
          for (const mutate of mutations) {
            const text = mutate(clausesOf(log)).join(' ');
            expect({ text, legal: isLegal(trace, text) }).toEqual({ text, legal: logs.has(text) });
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('with an error is illegal from the first clause on that no run of A* logs', () => {
    const trace = fc.oneof(arbitraryMazeTrace(5), arbitrarySokobanTrace(3));
    const mutations = fc.array(arbitraryMutation, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(trace, mutations, (drawn, each) => {
        fc.pre(drawn.reasoning.length > 0 && drawn.search.log.length < 200);
        for (const mutate of each) expectAgreement(drawn, mutate);
      }),
      { numRuns: 1_000 },
    );
  });

  it('may stand for several states, since clauses leave out the boxes on docks', () => {
    // Both boxes can be pushed onto either dock: the same text, but other docks are free.
    const task = parseSokoban(['-----', '-$.$-', '-.@.-', '-----'].join('\n'));
    const several = fc.tuple(fc.noShrink(fc.nat()), arbitraryMutation);
    let ambiguous = 0;
    fc.assert(
      fc.property(several, ([seed, mutate]) => {
        const drawn = traceOf('sokoban', task, seed);
        expect(judge(drawn)).toEqual({ verdict: 'legal' });
        if (drawn.search.log.length < 400) expectAgreement(drawn, mutate);
        const open = clausesOf(textOf(drawn.reasoning, drawn.vocabulary));
        const creates = open.filter((clause) => clause.startsWith('create'));
        if (new Set(creates).size < creates.length) ambiguous++;
      }),
      { numRuns: 60 },
    );
    expect(ambiguous).toBeGreaterThan(0);
  });

  const corner = traceOf('maze', mazeOf('S.', '.G'));
  const log =
    'create 0 0 c0 c2 close 0 0 c0 c2 create 0 1 c1 c1 create 1 0 c1 c1 ' +
    'close 1 0 c1 c1 create 1 1 c2 c0 close 0 1 c1 c1 close 1 1 c2 c0';

  it.each([
    ['close 0 0 c0 c2 create 0 1 c1 c1', 0, 'does not create the start'],
    ['create 0 1 c0 c1 close 0 1 c0 c1', 0, 'does not create the start'],
    ['create 0 0 c1 c2 close 0 0 c1 c2', 0, 'its costs are not c0 c2'],
    ['create 0 0 c0 c2 close 0 0 c0', 1, 'ends with neither two costs nor none'],
    ['create 0 0 c0 c2 close 0 0', 1, 'its costs are not c0 c2'],
    ['create 0 0 c0 c2 close 1 0 c1 c1', 1, 'closes a state that is not open'],
    ['create 0 0 c0 c2 close 0 0 c0 c2', 2, 'is missing: not all children are created'],
    [
      'create 0 0 c0 c2 close 0 0 c0 c2 create 0 1 c1 c1 close 0 1 c1 c1',
      3,
      'closes a state before all children are created',
    ],
    [
      'create 0 0 c0 c2 close 0 0 c0 c2 create 0 1 c1 c1 create 0 1 c1 c1',
      3,
      'creates a state that A* would not create here',
    ],
    ['create 0 0 c0 c2 close 0 0 c0 c2 create 0 1 c1 c0', 2, 'its costs are not c1 c1'],
    [log.replace('create 1 1 c2 c0 ', ''), 5, 'closes a state before all children are created'],
    [log.replace('close 0 1', 'create 0 1'), 6, 'creates a state that A* would not create here'],
    [log.replace(' close 1 1 c2 c0', ''), 7, 'is missing: 1 states are still open'],
    [`${log} create 0 0 c0 c2`, 8, 'follows the close of a goal'],
  ])('"%s" is illegal', (text, clause, reason) => {
    expect(judge(corner, text)).toEqual({ verdict: 'illegal', clause, reason });
  });

  it('is illegal if it closes a state while one of lower f is open', () => {
    const trace = traceOf('maze', mazeOf('.S.G', '####'));
    const text =
      'create 1 0 c0 c2 close 1 0 c0 c2 create 0 0 c1 c3 create 2 0 c1 c1 close 0 0 c1 c3';
    const reason = 'closes a state while one of lower f is open';
    expect(judge(trace, text)).toEqual({ verdict: 'illegal', clause: 4, reason });
  });

  it('of an unsolvable problem ends when nothing is open', () => {
    const trace = traceOf('maze', mazeOf('S#G', '.##'));
    const text = textOf(trace.reasoning, trace.vocabulary);
    expect(judge(trace, text)).toEqual({ verdict: 'legal' });
    const reason = 'follows the close of the last open state';
    const longer = `${text} close 0 0 c0 c2`;
    expect(judge(trace, longer)).toEqual({ verdict: 'illegal', clause: 4, reason });
  });

  it('of a dead start does not exist', () => {
    const dead = traceOf('sokoban', parseSokoban(['####', '#$ #', '#@.#', '####'].join('\n')));
    expect(dead.reasoning).toHaveLength(0);
    const { verdict } = judge(
      dead,
      'create worker 1 2 box 1 1 c0 c2 close worker 1 2 box 1 1 c0 c2',
    );
    expect(verdict).toBe('illegal');
  });
});

describe('a validator', () => {
  it('calls an empty trace none', () => {
    expect(judge(traceOf('maze', mazeOf('S.', '.G')), '')).toEqual({ verdict: 'none' });
  });

  it('gives a verdict without throwing, whatever the ids', () => {
    const wild = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer(), fc.double());
    fc.assert(
      fc.property(arbitraryTrace, fc.array(wild), fc.nat(), (trace, ids, cut) => {
        const validate = createTraceValidator(trace.task, trace.vocabulary);
        const prefix = trace.reasoning.slice(0, cut % (trace.reasoning.length + 1));
        for (const each of [ids, [...prefix, ...ids]]) {
          const { verdict, ...rest } = validate(each);
          if (verdict === 'illegal') expect(rest).toMatchObject({ clause: expect.any(Number) });
          else expect(['none', 'legal', 'consistent']).toContain(verdict);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('judges a trace alike whatever it judged before', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.array(arbitraryMutation, { maxLength: 5 }), (trace, each) => {
        const { task, vocabulary, reasoning } = trace;
        const clauses = clausesOf(textOf(reasoning, vocabulary));
        fc.pre(clauses.length > 0);
        const validate = createTraceValidator(task, vocabulary);
        const texts = each.flatMap((mutate) => {
          const mutated = mutate(clauses);
          const creates = mutated.filter((clause) => clause.startsWith('create'));
          return [mutated.join(' '), creates.join(' ')];
        });
        for (const text of texts) {
          const ids = idsOf(text, vocabulary);
          const verdict = createTraceValidator(task, vocabulary)(ids);
          expect(validate(ids)).toEqual(verdict);
          expect(validateTrace(task, trace.environment, vocabulary, ids)).toEqual(verdict);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a board beyond the vocabulary, and a vocabulary of another environment', () => {
    const maze = mazeOf('S..G', '....');
    const small = createVocabulary({ environment: 'maze', coordinates: 3, costs: 8 });
    expect(() => createTraceValidator(maze, small)).toThrow(InputError);
    const other = createVocabulary({ environment: 'sokoban', coordinates: 4, costs: 8 });
    expect(() => validateTrace(maze, 'maze', other, [])).toThrow(InputError);
  });
});

// Helpers

function judge(trace: Trace, text?: string) {
  const { task, vocabulary, reasoning } = trace;
  const ids = text === undefined ? reasoning : idsOf(text, vocabulary);
  return createTraceValidator(task, vocabulary)(ids);
}

const isLegal = (trace: Trace, text: string): boolean => judge(trace, text).verdict === 'legal';

/** Compares the verdict on a mutated trace with an oracle that follows all runs of A* at once. */
function expectAgreement(trace: Trace, mutate: (clauses: readonly string[]) => string[]): void {
  const { reasoning, vocabulary, problem } = trace;
  const clauses = mutate(clausesOf(textOf(reasoning, vocabulary)));
  if (!clauses.slice(0, 2).some((clause) => clause.startsWith('close'))) return;
  const { lines, mayEnd } = agreement(problem, stateTexts(trace, vocabulary), clauses);
  const verdict = judge(trace, clauses.join(' '));
  if (mayEnd) expect(verdict).toEqual({ verdict: 'legal' });
  else expect(verdict).toMatchObject({ verdict: 'illegal', clause: lines });
}

function stateTexts({ environment, task, problem }: Trace, vocabulary: Vocabulary) {
  const states = tokenizerOf(environment).states(task, vocabulary, problem);
  const tokens = new Uint16Array(states.maxTokens);
  return (state: number): string =>
    textOf(tokens.subarray(0, states.write(state, tokens, 0)), vocabulary);
}
