import type { DropStrategy } from '../../traces/drop.ts';
import { LEVEL_NAMES } from '../../traces/dropTrace.ts';
import type { EnvironmentName } from '../board/drawing.ts';
import { SearchSummary } from '../search/SearchPanel.tsx';
import type { SearchState } from '../search/useSearch.ts';
import type { Thought } from '../thought/thought.ts';
import { Example } from './Example.tsx';

interface Props {
  readonly strategy: DropStrategy;
  readonly environment: EnvironmentName;
  readonly level: number;
  readonly seed: number;
  readonly onLevel: (level: number) => void;
  /** Draws what level 3 leaves once more. */
  readonly onAgain: () => void;
  /** Draws the level too. */
  readonly onDraw: () => void;
  readonly search: SearchState;
  /** With what is dropped; null until the search is there. */
  readonly thought: Thought | null;
}

const EXPLAINED: readonly string[] = [
  'Nothing is dropped: the model sees the whole search.',
  'All close clauses are dropped: it sees what A* found, not in which order it went on from there.',
  'Costs are dropped too: it sees where A* has been, and no distances.',
  'Each create clause that level 2 leaves may be dropped too, with a chance of 30 %.',
  'The whole trace is dropped: it sees the plan alone.',
];

const SHORT: readonly string[] = ['whole', 'no close', 'no costs', 'some create', 'plan only'];

/** What is dropped of the search, how often training does so, and what is left. */
export function DroppingPanel(props: Props) {
  const { strategy, environment, level, seed, onLevel, onAgain, onDraw, search, thought } = props;
  const chance = level === 3;
  return (
    <div class="fields">
      <fieldset class="choice levels">
        <legend>
          Level of dropping, and its share of Dualformer's training on{' '}
          {environment === 'maze' ? 'mazes' : 'Sokoban'}, as far as is known
        </legend>
        {LEVEL_NAMES.map((name, one) => (
          <label key={one} title={name}>
            <input
              type="radio"
              name="level"
              checked={one === level}
              onChange={() => onLevel(one)}
            />
            <span>
              <b>{one}</b> <em>{percent(strategy.probabilities[one]!)}</em>
              <small>{SHORT[one]}</small>
              <i style={{ width: `${100 * strategy.probabilities[one]!}%` }} />
            </span>
          </label>
        ))}
      </fieldset>
      <p class="said">{EXPLAINED[level]}</p>
      <span class="buttons">
        <button type="button" class="main" onClick={onDraw}>
          Draw as in training
        </button>
        <button type="button" onClick={onAgain} disabled={!chance}>
          Draw again
        </button>
        <span class="hint" role="status">
          Seed {seed}
          {chance ? '' : '; only level 3 is left to chance'}
        </span>
      </span>
      {thought === null ? <SearchSummary state={search} /> : <Example thought={thought} />}
    </div>
  );
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
