import type { Standing } from './walk.ts';

interface Props {
  readonly standing: Standing;
  /** Positions of a shortest plan; null if there is none. */
  readonly optimal: number | null;
  readonly onBack: () => void;
  readonly onRestart: () => void;
}

/** How a walk by hand stands. */
export function WalkStatus({ standing, optimal, onBack, onRestart }: Props) {
  const { moves, solved, lost } = standing;
  return (
    <div class="fields">
      <p class="verdict" role="status">
        {moves} {moves === 1 ? 'move' : 'moves'}. {text({ moves, solved, lost, optimal })}
      </p>
      <span class="buttons">
        <button type="button" disabled={moves === 0} onClick={onBack}>
          Take back
        </button>
        <button type="button" disabled={moves === 0} onClick={onRestart}>
          From the start
        </button>
      </span>
    </div>
  );
}

function text({
  moves,
  solved,
  lost,
  optimal,
}: Pick<Standing, 'moves' | 'solved' | 'lost'> & { optimal: number | null }): string {
  if (lost) return 'A box is stuck: no plan is left from here.';
  if (!solved) return 'Arrow keys move, and so does pressing on the next cell.';
  const more = moves + 1 - (optimal ?? moves + 1);
  return more === 0 ? 'Solved, as short as can be.' : `Solved, ${more} more than need be.`;
}
