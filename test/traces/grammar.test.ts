import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../envs/rng.ts';
import { clauseBounds, readClause } from '../../traces/clauses.ts';
import { dropStrategy } from '../../traces/drop.ts';
import { dropTrace } from '../../traces/dropTrace.ts';
import { responseGrammar, type ResponseForm } from '../../traces/grammar.ts';
import type { Automaton } from '../../traces/language.ts';
import { parseResponse } from '../../traces/parse.ts';
import { createTraceValidator } from '../../traces/validate.ts';
import { CREATE, createVocabulary, EOS, PLAN, type Vocabulary } from '../../traces/vocabulary.ts';
import { accepts, allowedIn, distancesToEnd, idCount } from '../helpers/automata.ts';
import { arbitraryMutation, type Mutation } from '../helpers/mutations.ts';
import {
  arbitraryMazeTrace,
  arbitrarySokobanTrace,
  clausesOf,
  idsOf,
  textOf,
  type Trace,
} from '../helpers/traces.ts';

const FORMS: readonly ResponseForm[] = ['well-formed', 'complete'];

const vocabularyOf = (environment: string): Vocabulary =>
  createVocabulary({ environment, coordinates: 3, costs: 4 });

const arbitraryTrace = fc
  .oneof(arbitraryMazeTrace(5), arbitrarySokobanTrace(3))
  .filter(({ plan }) => plan.length > 0);

describe('the grammar of responses', () => {
  it('accepts what A* answers at every level of dropping, complete if nothing or all is dropped', () => {
    const strategy = fc.constantFrom('dualformer' as const, 'released-maze' as const);
    fc.assert(
      fc.property(arbitraryTrace, strategy, fc.nat(), (trace, name, seed) => {
        const { vocabulary } = trace;
        const { level3 } = dropStrategy(name, trace.environment);
        for (let level = 0; level <= 4; level++) {
          const rng = createRng(seed);
          const left = dropTrace(trace.reasoning, level, rng, { vocabulary, level3 });
          const response = [...left, ...trace.plan, EOS];
          expect(accepts(grammarOf(vocabulary), response)).toBe(true);
          const isWhole = left.length === 0 || level === 0;
          expect(accepts(grammarOf(vocabulary, 'complete'), response)).toBe(isWhole);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(FORMS)('%s accepts a response if and only if its parts can be read so', (form) => {
    const counts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(
        arbitraryTrace,
        fc.nat(),
        changes,
        arbitraryMutation,
        (trace, seed, edit, alter) => {
          const { vocabulary } = trace;
          const reasoning = idsOf(changedText(trace, seed, alter), vocabulary);
          const response = [...reasoning, ...trace.plan, EOS];
          const ids = edit(response, vocabulary.size);
          const expected = isWellFormed(ids, vocabulary, form);
          expect(accepts(grammarOf(vocabulary, form), ids)).toBe(expected);
          counts[expected ? 'accepted' : 'refused']++;
        },
      ),
      { numRuns: 2_000 },
    );
    expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(100);
  });

  it.each(FORMS)('%s leads to nothing but what can be read so', (form) => {
    const walk = fc.tuple(fc.constantFrom('maze', 'sokoban'), fc.nat(200), fc.nat());
    fc.assert(
      fc.property(walk, ([environment, steps, seed]) => {
        const vocabulary = vocabularyOf(environment);
        const ids = randomWalk(grammarOf(vocabulary, form), steps, seed);
        expect(isWellFormed(ids, vocabulary, form)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves out nothing that the validator lets pass', () => {
    let passed = 0;
    fc.assert(
      fc.property(arbitraryTrace, fc.nat(), arbitraryMutation, (trace, seed, alter) => {
        const { vocabulary, task, plan } = trace;
        const reasoning = idsOf(changedText(trace, seed, alter), vocabulary);
        const { verdict } = createTraceValidator(task, vocabulary)(reasoning);
        if (verdict === 'illegal' || verdict === 'unknown') return;
        passed++;
        const response = [...reasoning, ...plan, EOS];
        expect(accepts(grammarOf(vocabulary), response)).toBe(true);
        if (verdict === 'legal') {
          expect(accepts(grammarOf(vocabulary, 'complete'), response)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(passed).toBeGreaterThan(300);
  });

  describe.each(['maze', 'sokoban'])('of %s', (environment) => {
    it.each(FORMS)('%s: can go on and come to an end from every state', (form) => {
      const grammar = grammarOf(vocabularyOf(environment), form);
      for (let state = 0; state < grammar.states; state++) {
        expect(allowedIn(grammar, state)).not.toEqual([]);
      }
      expect(Math.max(...distancesToEnd(grammar))).toBeLessThan(Infinity);
    });

    it.each(FORMS)('%s: has as few states as can be, the same for all boards', (form) => {
      const grammar = grammarOf(vocabularyOf(environment), form);
      expect(statesToTellApart(grammar)).toBe(grammar.states);
      const larger = createVocabulary({ environment, coordinates: 30, costs: 900 });
      expect(grammarOf(larger, form).states).toBe(grammar.states);
    });

    it.each(FORMS)('%s: begins as the modes do, and stays at its end', (form) => {
      const grammar = grammarOf(vocabularyOf(environment), form);
      expect(allowedIn(grammar, grammar.start)).toEqual([CREATE, PLAN]);
      const ends = new Set(
        Array.from({ length: grammar.states }, (_, state) => state)
          .map((state) => grammar.transitions[state * idCount(grammar) + EOS]!)
          .filter((state) => state >= 0),
      );
      expect(ends.size).toBe(1);
      for (const end of ends) expect(allowedIn(grammar, end)).toEqual([EOS]);
    });
  });

  it('needs coordinates and costs', () => {
    for (const lacking of [{ coordinates: 0 }, { costs: 0 }]) {
      const vocabulary = createVocabulary({
        environment: 'maze',
        coordinates: 2,
        costs: 2,
        ...lacking,
      });
      expect(() => responseGrammar(vocabulary, 'complete')).toThrow(RangeError);
    }
  });

  it.each<[environment: string, text: string, forms: readonly ResponseForm[]]>([
    ['maze', 'plan 0 1 eos', FORMS],
    ['maze', 'plan 0 1 plan 2 2 eos', FORMS],
    ['maze', 'create 0 1 c0 c3 close 0 1 c0 c3 plan 0 1 eos', FORMS],
    ['maze', 'create 0 1 c0 c3 close 0 1 c0 c3 close 1 1 c0 c0 plan 0 1 eos', FORMS],
    ['maze', 'create 0 1 c0 c3 plan 0 1 eos', ['well-formed']],
    ['maze', 'create 0 1 plan 0 1 eos', ['well-formed']],
    ['maze', 'create 0 1 create 0 1 plan 0 1 eos', ['well-formed']],
    ['sokoban', 'create worker 0 1 box 1 1 plan 0 1 eos', ['well-formed']],
    ['sokoban', 'create worker 0 1 c1 c2 close worker 0 1 box 1 1 c1 c2 plan 0 1 eos', FORMS],
    ['maze', '', []],
    ['maze', 'eos', []],
    ['maze', 'plan eos', []],
    ['maze', 'plan 0 1', []],
    ['maze', 'plan 0 c1 eos', []],
    ['maze', 'plan 0 1 2 eos', []],
    ['maze', 'plan 0 1 eos eos', []],
    ['maze', 'plan 0 1 create 0 1 eos', []],
    ['maze', 'bos plan 0 1 eos', []],
    ['maze', 'wall 0 1 plan 0 1 eos', []],
    ['maze', 'close 0 1 c0 c3 plan 0 1 eos', []],
    ['maze', 'create 0 1 close 0 1 plan 0 1 eos', []],
    ['maze', 'create 0 1 c0 plan 0 1 eos', []],
    ['maze', 'create 0 1 c0 c3 create 1 1 plan 0 1 eos', []],
    ['maze', 'create 0 1 create 1 1 c0 c3 plan 0 1 eos', []],
    ['maze', 'create 0 1 c0 c3 create 1 1 c1 c2 close 0 1 c0 c3 plan 0 1 eos', []],
    ['maze', 'create 0 1 c0 c3 close 0 1 c0 c3 create 1 1 c1 c2 plan 0 1 eos', []],
    ['sokoban', 'create box 1 1 plan 0 1 eos', []],
    ['sokoban', 'create worker 0 1 dock 1 1 plan 0 1 eos', []],
    ['sokoban', 'create box 1 1 worker 0 1 plan 0 1 eos', []],
    ['sokoban', 'plan worker 0 1 eos', []],
  ])('in %s takes "%s" for %o', (environment, text, forms) => {
    const vocabulary = vocabularyOf(environment);
    const ids = [...idsOf(text, vocabulary)];
    expect(FORMS.filter((form) => accepts(grammarOf(vocabulary, form), ids))).toEqual(forms);
  });
});

// Helpers

function grammarOf(vocabulary: Vocabulary, form: ResponseForm = 'well-formed'): Automaton {
  return responseGrammar(vocabulary, form);
}

/** The oracle: parser and reader of clauses, and the order of clauses as a regular expression. */
function isWellFormed(ids: readonly number[], vocabulary: Vocabulary, form: ResponseForm): boolean {
  const { plan, reasoning } = parseResponse(ids, vocabulary);
  if (plan === null) return false;
  const bounds = clauseBounds(reasoning);
  const letters = bounds.slice(1).map((end, i) => {
    const clause = readClause(reasoning, { begin: bounds[i]!, end }, vocabulary);
    if (typeof clause === 'string') return '?';
    const state = textOf(
      [...clause.state].map((unit) => unit.charCodeAt(0)),
      vocabulary,
    );
    if (!STATES[vocabulary.environment]!.test(state)) return '?';
    const letter = clause.closes ? 'x' : 'c';
    return clause.costs === null ? letter : letter.toUpperCase();
  });
  const order = form === 'complete' ? /^(CX(C*X)*)?$/ : /^(CX(C*X)*|C+|c+)?$/;
  return order.test(letters.join(''));
}

const STATES: Readonly<Record<string, RegExp>> = {
  maze: /^\d+ \d+$/,
  sokoban: /^worker \d+ \d+( box \d+ \d+)*$/,
};

/** What a level drawn from the seed leaves of a trace, with an error or none. */
function changedText(
  { reasoning, vocabulary, environment }: Trace,
  seed: number,
  alter: Mutation,
): string {
  const { level3 } = dropStrategy('dualformer', environment);
  const left = dropTrace(reasoning, seed % 5, createRng(seed), { vocabulary, level3 });
  const clauses = clausesOf(textOf(left, vocabulary));
  return (clauses.length > 0 && seed % 2 === 0 ? alter(clauses) : clauses).join(' ');
}

type Edit = (ids: readonly number[], size: number) => number[];

/** None, one or two tokens put in, taken out or replaced, or the response cut off. */
const changes: fc.Arbitrary<Edit> = fc
  .array(
    fc.tuple(fc.constantFrom('insert', 'delete', 'replace', 'cut', 'repeat'), fc.nat(), fc.nat()),
    { maxLength: 2 },
  )
  .map((edits) => (ids, size) => {
    const changed = [...ids];
    for (const [name, where, what] of edits) {
      const at = where % (changed.length + 1);
      if (name === 'insert') changed.splice(at, 0, what % size);
      if (name === 'delete') changed.splice(at, 1);
      if (name === 'replace') changed.splice(at, 1, what % size);
      if (name === 'cut') changed.splice(at);
      if (name === 'repeat') changed.splice(at, 0, ...changed.slice(at, at + (what % 4)));
    }
    return changed;
  });

/** A random response that takes the shortest way to its end after some steps. */
function randomWalk(grammar: Automaton, steps: number, seed: number): number[] {
  const rng = createRng(seed);
  const distances = distancesToEnd(grammar);
  const ids: number[] = [];
  for (let state = grammar.start; ids.at(-1) !== EOS;) {
    const next = (id: number): number => grammar.transitions[state * idCount(grammar) + id]!;
    const remaining = (id: number): number => (id === EOS ? 0 : distances[next(id)]!);
    const allowed = allowedIn(grammar, state);
    const id =
      ids.length < steps
        ? allowed[rng.int(allowed.length)]!
        : allowed.reduce((best, each) => (remaining(each) < remaining(best) ? each : best));
    ids.push(id);
    state = next(id);
  }
  return ids;
}

/** States of the smallest automaton that allows the same (Moore 1956). */
function statesToTellApart(grammar: Automaton): number {
  const ids = idCount(grammar);
  let classes: number[] = Array.from({ length: grammar.states }, () => 0);
  for (let count = 1; ;) {
    const rows = classes.map((own, state) =>
      JSON.stringify([
        own,
        ...[...grammar.transitions.subarray(state * ids, (state + 1) * ids)].map((to) =>
          to < 0 ? -1 : classes[to],
        ),
      ]),
    );
    const distinct = [...new Set(rows)];
    if (distinct.length === count) return count;
    count = distinct.length;
    classes = rows.map((row) => distinct.indexOf(row));
  }
}
