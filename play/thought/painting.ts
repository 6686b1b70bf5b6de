/** What the first lines of a thought paint on the board. */
import type { Line } from './lines.ts';

export const UNSEEN = 0;
export const OPEN = 1;
export const CLOSED = 2;

export interface Painting {
  /** By cell of the agent, what was said of it last, clauses that are dropped apart. */
  readonly status: Uint8Array;
  /** By cell, 1 if the last clause about it is dropped. */
  readonly dropped: Uint8Array;
  /** By cell, −1 where none was said. */
  readonly g: Int32Array;
  readonly h: Int32Array;
  /** Cells of the plan so far, and null where a position is off the board. */
  readonly plan: readonly (number | null)[];
  /** Of the newest line. */
  readonly current: number | null;
}

/** @param count of lines that count */
export function paint(lines: readonly Line[], count: number, cells: number): Painting {
  const status = new Uint8Array(cells);
  const dropped = new Uint8Array(cells);
  const g = new Int32Array(cells).fill(-1);
  const h = new Int32Array(cells).fill(-1);
  const plan: (number | null)[] = [];
  for (let i = 0; i < count; i++) {
    const { operation, cell, costs, dropped: isDropped } = lines[i]!;
    if (operation === 'plan') plan.push(cell);
    if (cell === null || (operation !== 'create' && operation !== 'close')) continue;
    dropped[cell] = isDropped ? 1 : 0;
    if (isDropped) continue;
    status[cell] = operation === 'close' ? CLOSED : OPEN;
    if (costs !== null) [g[cell], h[cell]] = [costs.g, costs.h];
  }
  return { status, dropped, g, h, plan, current: lines[count - 1]?.cell ?? null };
}

/**
 * The line to go to from a cell: the last one about it up to `position`, or the one before `selected` if
 * that one is about it already, in a circle; null if none is.
 */
export function lineAbout(
  lines: readonly Line[],
  cell: number,
  at: { readonly position: number; readonly selected: number | null },
): number | null {
  const about = lines.flatMap((line, i) => (i < at.position && line.cell === cell ? [i] : []));
  const known = at.selected === null ? -1 : about.indexOf(at.selected);
  return about.at(known > 0 ? known - 1 : -1) ?? null;
}
