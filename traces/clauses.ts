/**
 * Clauses of a reasoning trace: `create` or `close`, the tokens of a state, and two costs that
 * dropping may have taken away. What a state's tokens mean is up to the environment.
 */
import { CLOSE, CREATE, type Vocabulary } from './vocabulary.ts';

/**
 * Where clauses begin and where the last one ends: clause i consists of the ids from bounds[i]
 * until before bounds[i + 1]. Ids before the first operation count as a clause of their own.
 */
export function clauseBounds(reasoning: ArrayLike<number>): number[] {
  const bounds: number[] = [];
  for (let at = 0; at < reasoning.length; at++) {
    const id = reasoning[at];
    if (at === 0 || id === CREATE || id === CLOSE) bounds.push(at);
  }
  bounds.push(reasoning.length);
  return bounds;
}

export interface Clause {
  readonly closes: boolean;
  /** The ids of the state as UTF-16 code units: equal if and only if the ids are. */
  readonly state: string;
  /** Cost from the start and heuristic; null if the clause has none. */
  readonly costs: { readonly g: number; readonly h: number } | null;
}

/** The clause from index `begin` until before `end`, or what is wrong with its form. */
export function readClause(
  ids: ArrayLike<number>,
  { begin, end }: { readonly begin: number; readonly end: number },
  vocabulary: Vocabulary,
): Clause | string {
  const operation = ids[begin];
  if (operation !== CREATE && operation !== CLOSE) return 'begins with neither create nor close';
  let stateEnd = begin + 1;
  let state = '';
  for (; stateEnd < end; stateEnd++) {
    const id = ids[stateEnd]!;
    const kind = vocabulary.kind(id);
    if (kind !== 'coordinate' && kind !== 'keyword') break;
    state += String.fromCharCode(id);
  }
  const closes = operation === CLOSE;
  if (stateEnd === end) return { closes, state, costs: null };
  if (end - stateEnd !== 2) return 'ends with neither two costs nor none';
  const g = ids[stateEnd]!;
  const h = ids[stateEnd + 1]!;
  if (vocabulary.kind(g) !== 'cost' || vocabulary.kind(h) !== 'cost') {
    return 'ends with tokens that are no costs';
  }
  return { closes, state, costs: { g: vocabulary.value(g), h: vocabulary.value(h) } };
}
