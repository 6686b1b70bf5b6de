/** The line and the cell that the user has singled out, of one thought. */
import { useState } from 'preact/hooks';
import { lineAbout } from './painting.ts';
import type { Thought } from './thought.ts';
import type { Playback } from './usePlayback.ts';

export interface Selection {
  /** Null if no line that is shown is about the cell. */
  readonly line: number | null;
  readonly cell: number | null;
}

export interface SelectionState {
  readonly selection: Selection | null;
  /** Looks on as far as the line. */
  readonly selectLine: (line: number | null) => void;
  /** Goes to the last line about the cell, and at the next call to the one before. */
  readonly selectCell: (cell: number) => void;
}

export function useSelection(thought: Thought | null, playback: Playback): SelectionState {
  const [held, setHeld] = useState<Selection & { readonly key: string }>();
  const selection = thought !== null && held?.key === thought.key ? held : null;
  const { position, seek } = playback;
  return {
    selection,
    selectLine(line) {
      if (thought === null) return;
      setHeld({ key: thought.key, line, cell: null });
      if (line !== null && line >= position) seek(line + 1);
    },
    selectCell(cell) {
      if (thought === null) return;
      const selected = selection?.line ?? null;
      const line = lineAbout(thought.lines, cell, { position, selected });
      setHeld({ key: thought.key, line, cell });
    },
  };
}
