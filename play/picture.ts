/** What the board shows, of all that the page knows. */
import type { Board } from '../envs/environment.ts';
import type { Drawing } from './board/drawing.ts';
import type { Picture } from './board/picture.ts';
import type { Standing } from './board/walk.ts';
import type { Selection } from './thought/useSelection.ts';
import type { Painting } from './thought/painting.ts';
import { stageAt } from './thought/stage.ts';
import type { Thought } from './thought/thought.ts';

interface Known {
  readonly drawing: Drawing;
  readonly cursor: number | null;
}

/** The board while somebody walks on it. */
export function walkPicture({ drawing, cursor }: Known, { agent, boxes }: Standing): Picture {
  const moved = { agent, boxes: boxes ?? [] };
  return { drawing, moved, painting: null, faults: [], selected: null, cursor };
}

/** The board and what is thought about it. */
export function thoughtPicture(
  { drawing, cursor, task }: Known & { readonly task: Board | null },
  seen: {
    readonly thought: Thought | null;
    readonly painting: Painting | null;
    /** Lines that are shown. */
    readonly position: number;
    readonly selection: Selection | null;
  },
): Picture {
  const { thought, painting, position, selection } = seen;
  const line = selection?.line ?? null;
  const wrong = thought?.faults.filter(({ line }) => line < position) ?? [];
  const ready = thought !== null && task !== null;
  return {
    drawing,
    moved: ready ? stageAt(thought, line ?? position - 1, { ...drawing, task }) : null,
    painting,
    faults: wrong.flatMap(({ line }) => thought?.lines[line]?.cell ?? []),
    selected: (line === null ? null : thought?.lines[line]?.cell) ?? selection?.cell ?? null,
    cursor,
  };
}
