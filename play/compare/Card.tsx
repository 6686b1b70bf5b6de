import { useMemo } from 'preact/hooks';
import { SmallBoard } from '../board/SmallBoard.tsx';
import { thoughtPicture } from '../picture.ts';
import type { Desk } from '../tab.ts';
import { paint } from '../thought/painting.ts';
import { durationText, type Contender, type Who } from './contender.ts';

interface Props {
  readonly desk: Pick<Desk, 'drawing' | 'task'>;
  readonly contender: Contender;
  /** Whether answers are still to come. */
  readonly waits: boolean;
  readonly chosen: boolean;
  readonly onChoose: (who: Who) => void;
}

/** All that one has said of the board so far, small; pressed, it is shown large. */
export function Card({ desk, contender, waits, chosen, onChoose }: Props) {
  const { drawing, task } = desk;
  const { who, thought, badge, traceTokens, samples, milliseconds } = contender;
  const picture = useMemo(() => {
    const position = thought?.lines.length ?? 0;
    const painting = thought && paint(thought.lines, position, drawing.cells.length);
    const seen = { thought, painting, position, selection: null };
    return thoughtPicture({ drawing, cursor: null, task }, seen);
  }, [thought, drawing, task]);
  return (
    <button
      type="button"
      class="card"
      aria-pressed={chosen}
      disabled={thought === null}
      onClick={() => onChoose(who)}
    >
      <b>{who}</b>
      <SmallBoard picture={picture} />
      {badge !== null && <strong class={`badge ${badge.tone}`}>{badge.text}</strong>}
      <span>
        {thought === null ? (waits ? 'Waits…' : 'Not asked yet') : `${traceTokens} trace tokens`}
      </span>
      <span>{milliseconds === null ? '\u00a0' : durationText(milliseconds)}</span>
      {samples > 1 && badge !== null && <span>best of {samples}</span>}
    </button>
  );
}
