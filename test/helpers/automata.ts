/** Walks through automata, and responses as they read them. */
import type { Automaton } from '../../traces/language.ts';
import { EOS } from '../../traces/vocabulary.ts';

export function idCount({ transitions, states }: Automaton): number {
  return transitions.length / states;
}

export function stateAfter(automaton: Automaton, ids: Iterable<number>): number {
  let state = automaton.start;
  for (const id of ids) {
    if (state < 0) return -1;
    state = id < idCount(automaton) ? automaton.transitions[state * idCount(automaton) + id]! : -1;
  }
  return state;
}

/** The ids that may follow in a state, ascending. */
export function allowedIn(automaton: Automaton, state: number): number[] {
  const ids = idCount(automaton);
  const row = automaton.transitions.subarray(state * ids, (state + 1) * ids);
  return [...row.keys()].filter((id) => row[id]! >= 0);
}

/** Whether the ids are a whole response: they may follow one another, and eos is the last one only. */
export function accepts(automaton: Automaton, ids: readonly number[]): boolean {
  return (
    ids.at(-1) === EOS && ids.indexOf(EOS) === ids.length - 1 && stateAfter(automaton, ids) >= 0
  );
}

/** By state, the fewest ids after which eos has been read; Infinity where it never is. */
export function distancesToEnd(automaton: Automaton): number[] {
  const distances = Array.from({ length: automaton.states }, () => Infinity);
  const ids = idCount(automaton);
  for (let changed = true; changed;) {
    changed = false;
    for (let state = 0; state < automaton.states; state++) {
      for (const id of allowedIn(automaton, state)) {
        const after = id === EOS ? 0 : distances[automaton.transitions[state * ids + id]!]!;
        if (after + 1 < distances[state]!) {
          distances[state] = after + 1;
          changed = true;
        }
      }
    }
  }
  return distances;
}
