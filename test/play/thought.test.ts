import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsSoFar, isUnjudged, judge, type Problem } from '../../play/thought/judgement.ts';
import { lineText, readLines } from '../../play/thought/lines.ts';
import { CLOSED, lineAbout, OPEN, paint } from '../../play/thought/painting.ts';
import { stageAt } from '../../play/thought/stage.ts';
import { thoughtOf, traceTokens } from '../../play/thought/thought.ts';
import type { EnvironmentName } from '../../play/board/drawing.ts';
import { EOS } from '../../traces/vocabulary.ts';
import { mazeOf } from '../helpers/mazes.ts';
import { arbitraryTrace, traceOf, type Trace } from '../helpers/traces.ts';

const response = ({ reasoning, plan }: Trace): Uint16Array =>
  Uint16Array.from([...reasoning, ...plan, EOS]);

const problemOf = ({ task, vocabulary, search }: Trace): Problem => ({
  task,
  vocabulary,
  optimalLength: search.plan?.length ?? null,
});

const solvable = arbitraryTrace.filter(({ search }) => search.plan !== null);

describe('the lines of a search', () => {
  it('are its tokens, none lost and none twice, and its clauses with their costs', () => {
    fc.assert(
      fc.property(solvable, (trace) => {
        const { vocabulary, search, problem, task } = trace;
        const ids = response(trace);
        const lines = readLines(ids, vocabulary, task);
        const text = lines.map((line) => lineText(line, ids, vocabulary)).join(' ');
        expect(text).toBe(Array.from(ids, (id) => vocabulary.token(id)).join(' '));
        const { length, closes, states, g, h } = search.log;
        for (let row = 0; row < length; row++) {
          const { operation, cell, costs } = lines[row]!;
          expect({ operation, cell, costs }).toEqual({
            operation: closes[row] === 1 ? 'close' : 'create',
            cell: problem.agent(states[row]!),
            costs: { g: g[row], h: h[row] },
          });
        }
        const plan = lines.slice(length, -1).map(({ cell }) => cell);
        expect(plan).toEqual(Array.from(search.plan!, (state) => problem.agent(state)));
        const thought = thoughtOf(task, { key: '', ids, vocabulary, ended: true });
        expect(traceTokens(thought)).toBe(trace.reasoning.length);
      }),
    );
  });

  it('can be read of any tokens', () => {
    const { task, vocabulary } = traceOf('maze', mazeOf('S.', '.G'));
    const any = fc.array(fc.nat(vocabulary.size - 1), { maxLength: 40 });
    fc.assert(
      fc.property(any, (ids) => {
        const lines = readLines(ids, vocabulary, task);
        const ends = lines.flatMap(({ begin, end }) => [begin, end]);
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
        expect([ends[0] ?? 0, ends.at(-1) ?? 0]).toEqual([0, ids.length]);
        for (const { cell, others } of lines) {
          for (const one of [cell ?? 0, ...others]) expect(one).toBeLessThan(4);
        }
      }),
    );
  });
});

describe('what a maze is painted with', () => {
  // By hand: the start at 0 0, the goal two steps to the right, a free cell below the start.
  const trace = traceOf('maze', mazeOf('S.G', '.##'));
  const ids = response(trace);
  const lines = readLines(ids, trace.vocabulary, trace.task);

  it('is open once created and closed once closed, with its costs', () => {
    expect(lineText(lines[0]!, ids, trace.vocabulary)).toBe('create 0 0 c0 c2');
    const first = paint(lines, 2, 6);
    expect([...first.status]).toEqual([CLOSED, 0, 0, 0, 0, 0]);
    const all = paint(lines, lines.length, 6);
    expect([...all.status]).toEqual([CLOSED, CLOSED, CLOSED, OPEN, 0, 0]);
    expect([...all.g]).toEqual([0, 1, 2, 1, -1, -1]);
    expect([...all.h]).toEqual([2, 1, 0, 3, -1, -1]);
    expect(all.plan).toEqual([0, 1, 2]);
  });

  it('leads from a cell to the lines about it, the last one first, in a circle', () => {
    const about = (selected: number | null) =>
      lineAbout(lines, 1, { position: lines.length, selected });
    const expected = lines.flatMap(({ cell }, i) => (cell === 1 ? [i] : [])).reverse();
    expect([about(null), about(expected[0]!), about(expected[1]!)]).toEqual(expected);
    expect(about(expected[2]!)).toBe(expected[0]);
    expect(lineAbout(lines, 4, { position: lines.length, selected: null })).toBeNull();
    expect(lineAbout(lines, 1, { position: 1, selected: null })).toBeNull();
  });
});

describe('the judgement of a response', () => {
  it("finds no fault with A*'s own, neither in the end nor on the way", () => {
    fc.assert(
      fc.property(solvable, fc.nat(), (trace, cut) => {
        const problem = problemOf(trace);
        const ids = response(trace);
        const { record, faults } = judge(
          ids,
          readLines(ids, trace.vocabulary, trace.task),
          problem,
        );
        expect(record.outcome).toBe('optimal');
        expect(faults).toEqual([]);
        expect(faultsSoFar(ids.subarray(0, cut % ids.length), problem)).toEqual([]);
      }),
    );
  });

  it('marks the clause that A* would not write as soon as it is whole', () => {
    const trace = traceOf('maze', mazeOf('S.G', '.##'));
    const ids = response(trace);
    const lines = readLines(ids, trace.vocabulary, trace.task);
    const wrong = ids.slice();
    const { begin, end } = lines[2]!;
    wrong[begin + 1] = trace.vocabulary.coordinate(2);
    wrong[begin + 2] = trace.vocabulary.coordinate(1);
    const [fault] = faultsSoFar(wrong.subarray(0, end + 1), problemOf(trace));
    expect(fault).toMatchObject({
      line: 2,
      reason: expect.stringMatching(/would not create here/),
    });
    expect(faultsSoFar(wrong.subarray(0, end - 1), problemOf(trace))).toEqual([]);
  });

  const judged = (rows: readonly string[], words: string) => {
    const trace = traceOf('maze', mazeOf(...rows));
    const ids = Uint16Array.from(words.split(' '), (word) => trace.vocabulary.id(word));
    const lines = readLines(ids, trace.vocabulary, trace.task);
    return { ...judge(ids, lines, problemOf(trace)), lines };
  };

  it('leaves what stands behind the fault of a complete trace, up to the plan, unjudged', () => {
    const { faults, lines } = judged(
      ['S.G', '.##'],
      'create 0 0 c0 c2 close 0 0 c0 c2 create 2 0 c1 c0 close 2 0 c1 c0 create 0 1 c1 c3 ' +
        'plan 0 0 plan 1 0 plan 2 0 eos',
    );
    expect(faults.map(({ line }) => line)).toEqual([2]);
    const unjudged = lines.flatMap((_, i) => (isUnjudged(faults, i) ? [i] : []));
    expect(unjudged).toEqual([3, 4]);
  });

  it('marks every false clause of a trace that others were dropped from', () => {
    // Walls at 1 1 and 2 1.
    const { faults, lines, record } = judged(
      ['S.G', '.##'],
      'create 1 0 create 2 1 create 2 0 create 1 1 plan 0 0 plan 1 0 plan 2 0 eos',
    );
    expect(record.trace).toBe('illegal');
    const reason = 'no steps lead to it';
    expect(faults).toEqual([
      { line: 1, reason, until: 2 },
      { line: 3, reason, until: 4 },
    ]);
    expect(lines.some((_, i) => isUnjudged(faults, i))).toBe(false);
  });

  it('marks the position at which a plan goes wrong', () => {
    const trace = traceOf('maze', mazeOf('S.G', '.##'));
    const { vocabulary } = trace;
    const words = 'plan 0 0 plan 0 1 plan 1 1 eos'.split(' ');
    const ids = Uint16Array.from(words, (word) => vocabulary.id(word));
    const { record, faults } = judge(ids, readLines(ids, vocabulary, trace.task), problemOf(trace));
    expect(record.outcome).toBe('wrong');
    expect(faults).toEqual([{ line: 2, reason: 'is a wall', until: 3 }]);
  });

  it('marks where a response stops being one', () => {
    const trace = traceOf('maze', mazeOf('S.G', '.##'));
    const { vocabulary } = trace;
    const ids = Uint16Array.from(['plan', '0', '0', 'plan', '1'], (word) => vocabulary.id(word));
    const { record, faults } = judge(ids, readLines(ids, vocabulary, trace.task), problemOf(trace));
    expect(record.outcome).toBe('malformed');
    const reason = 'a position of the plan lacks a coordinate';
    expect(faults).toEqual([{ line: 2, reason, until: 2 }]);
  });
});

describe('the stage of a Sokoban level', () => {
  it('has all boxes on docks and the worker at the end of the plan', () => {
    fc.assert(
      fc.property(
        solvable.filter(({ environment }) => environment === 'sokoban'),
        (trace) => {
          const { task, vocabulary, environment } = trace;
          const ids = response(trace);
          const thought = thoughtOf(task, { key: '', ids, vocabulary, ended: true });
          const at = { environment: environment as EnvironmentName, task };
          const stage = stageAt(thought, thought.lines.length - 1, at)!;
          const { docks } = task as unknown as { docks: number[] };
          expect(stage.boxes.filter((box) => !docks.includes(box))).toEqual([]);
          expect(stage.agent).toBe(thought.lines.at(-2)!.cell);
        },
      ),
      { numRuns: 40 },
    );
  });
});
