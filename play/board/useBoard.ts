/** The drawing, how it came to be, and a walk on it by hand. */
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Board } from '../../envs/environment.ts';
import type { Brush, Drawing } from './drawing.ts';
import { painted, strokeAt, taskOf } from './drawing.ts';
import { beginWalk, standingOf, undone, walkTo, type Standing, type Walk } from './walk.ts';

export interface BoardState {
  readonly drawing: Drawing;
  readonly task: Board | null;
  /** Why what is drawn is no task. */
  readonly problem: string | null;
  /** Counts boards that came as a whole, not stroke by stroke. */
  readonly arrivals: number;
  readonly replace: (drawing: Drawing) => void;
  readonly stroke: (brush: Brush, cell: number, phase: 'press' | 'drag') => void;
  /** Null if there is nothing to take back. */
  readonly undo: (() => void) | null;
  readonly standing: Standing | null;
  readonly walk: (cell: number) => void;
  readonly stepBack: () => void;
  readonly restart: () => void;
}

/** Drawings that can be taken back. */
const REMEMBERED = 200;

export function useBoard(first: Drawing): BoardState {
  const [{ drawing, past, arrivals }, setState] = useState({
    drawing: first,
    past: [] as readonly Drawing[],
    arrivals: 0,
  });
  const draws = useRef(true);
  const remembered = useRef(false);
  const parsed = useMemo(() => taskOf(drawing), [drawing]);
  const task = typeof parsed === 'string' ? null : parsed;
  const [held, setWalk] = useState<{ readonly of: Drawing; readonly walk: Walk } | null>(null);
  const walk = useMemo(() => {
    if (task === null) return null;
    return held?.of === drawing ? held.walk : beginWalk(drawing.environment, task);
  }, [task, held]);
  const standing = useMemo(() => walk && standingOf(walk), [walk]);
  const setWalked = (next: Walk | null): void => {
    if (next !== null) setWalk({ of: drawing, walk: next });
  };
  return {
    drawing,
    task,
    problem: typeof parsed === 'string' ? parsed : null,
    arrivals,
    replace: (drawing) =>
      setState((held) => ({
        drawing,
        past: [...held.past, held.drawing].slice(-REMEMBERED),
        arrivals: held.arrivals + 1,
      })),
    stroke(brush, cell, phase) {
      if (phase === 'press') {
        draws.current = strokeAt(drawing, brush, cell);
        remembered.current = false;
      }
      const next = painted(drawing, brush, { cell, draws: draws.current });
      if (next === drawing) return;
      // A stroke is taken back as a whole.
      const kept = remembered.current ? past : [...past, drawing].slice(-REMEMBERED);
      remembered.current = true;
      setState({ drawing: next, past: kept, arrivals });
    },
    undo:
      past.length === 0
        ? null
        : () =>
            setState(({ past, arrivals }) => ({
              drawing: past.at(-1)!,
              past: past.slice(0, -1),
              arrivals,
            })),
    standing,
    walk: (cell) => setWalked(walk && walkTo(walk, cell)),
    stepBack: () => setWalked(walk && undone(walk)),
    restart: () => setWalk(null),
  };
}
