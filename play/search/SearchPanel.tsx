import { traceTokens } from '../thought/thought.ts';
import type { SearchState } from './useSearch.ts';

interface Props {
  readonly state: SearchState;
  /** Null where there is none, since the search is deterministic. */
  readonly seed: number | null;
  readonly onSeed: (seed: number | null) => void;
}

/** How A* is to search, and what came of it. */
export function SearchPanel({ state, seed, onSeed }: Props) {
  return (
    <div class="fields">
      <label class="check">
        <input
          type="checkbox"
          checked={seed !== null}
          onChange={({ currentTarget }) => onSeed(currentTarget.checked ? 1 : null)}
        />{' '}
        Shuffle children and break ties at random
      </label>
      {seed !== null && (
        <button type="button" onClick={() => onSeed(seed + 1)}>
          Again, seed {seed + 1}
        </button>
      )}
      <SearchSummary state={state} />
    </div>
  );
}

/** What came of a search. */
export function SearchSummary({ state }: Pick<Props, 'state'>) {
  return (
    <p class="verdict" role="status">
      {summary(state)}
    </p>
  );
}

function summary({ thought, answer, problem }: SearchState): string {
  if (problem !== null) return problem;
  if (thought === null || answer === null) return 'Searching…';
  const closed = thought.lines.filter(({ operation }) => operation === 'close').length;
  const effort = `${closed} states closed, ${traceTokens(thought)} trace tokens`;
  if (answer.truncated) return `Too long to show: this is the beginning. ${effort}`;
  if (answer.planLength === null) return `No plan. ${effort}`;
  return `A shortest plan of ${answer.planLength} positions. ${effort}`;
}
