/** Everything that is to be seen on the board at one moment. */
import type { Drawing } from './drawing.ts';
import type { Painting } from '../thought/painting.ts';

export interface Picture {
  readonly drawing: Drawing;
  /** What stands elsewhere than drawn: while walking, and while a clause of Sokoban is shown. */
  readonly moved: { readonly agent: number; readonly boxes: readonly number[] } | null;
  readonly painting: Painting | null;
  /** That wrong lines are about. */
  readonly faults: readonly number[];
  readonly selected: number | null;
  readonly cursor: number | null;
}

export interface CellContents {
  readonly wall: boolean;
  readonly dock: boolean;
  readonly box: boolean;
  readonly agent: boolean;
  readonly goal: boolean;
}

export function contentsAt({ drawing, moved }: Picture, cell: number): CellContents {
  const character = drawing.cells[cell] ?? '#';
  return {
    wall: character === '#',
    dock: '.*+'.includes(character) && drawing.environment === 'sokoban',
    box:
      moved === null || drawing.environment === 'maze'
        ? '$*'.includes(character)
        : moved.boxes.includes(cell),
    agent: moved === null ? 'S@+'.includes(character) : moved.agent === cell,
    goal: character === 'G',
  };
}

/** For whoever can't see the board. */
export function describeCell(picture: Picture, cell: number): string {
  const { drawing, painting } = picture;
  const { wall, dock, box, agent, goal } = contentsAt(picture, cell);
  const isMaze = drawing.environment === 'maze';
  const things = [
    wall ? 'wall' : '',
    isMaze && drawing.cells[cell] === 'S' ? 'start' : '',
    goal ? 'goal' : '',
    agent && !isMaze ? 'worker' : '',
    box ? 'box' : '',
    dock ? 'dock' : '',
  ].filter((thing) => thing !== '');
  const parts = [things.join(' on ') || 'free'];
  if (painting !== null) {
    const status = painting.status[cell]!;
    if (status > 0) parts.push(status === 1 ? 'open' : 'closed');
    const [g, h] = [painting.g[cell]!, painting.h[cell]!];
    if (status > 0 && g >= 0) parts.push(`g ${g}, h ${h}, f ${g + h}`);
    if (painting.dropped[cell] === 1) parts.push('the last clause about it is dropped');
    if (picture.faults.includes(cell)) parts.push('wrong');
    if (painting.plan.includes(cell)) parts.push(`step ${painting.plan.indexOf(cell)} of the plan`);
  }
  const { width } = drawing;
  return `x ${cell % width}, y ${Math.floor(cell / width)}: ${parts.join(', ')}`;
}
