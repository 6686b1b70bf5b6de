/**
 * A board while it is drawn: one character a cell, as in the kit's text of mazes and Sokoban levels.
 * Every stroke leaves a maze with one start and one goal, and a level with one worker.
 */
import type { Board, Environment } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import { InputError } from '../../envs/inputError.ts';
import { readProblems } from '../../envs/text.ts';

export type EnvironmentName = 'maze' | 'sokoban';

export interface Drawing {
  readonly environment: EnvironmentName;
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly cells: string;
}

/** What a stroke does. */
export type Brush = 'wall' | 'start' | 'goal' | 'worker' | 'box' | 'dock';

export const BRUSHES: Readonly<Record<EnvironmentName, readonly Brush[]>> = {
  maze: ['wall', 'start', 'goal'],
  sokoban: ['wall', 'box', 'dock', 'worker'],
};

/** The first problem of a text. @throws InputError naming line and column */
export function drawingOf(text: string): Drawing {
  const { environment, task } = readProblems(text)[0]!;
  return drawingOfTask(environment, task);
}

export function drawingOfTask(environment: Environment, task: Board): Drawing {
  const { width, height } = task;
  const cells = environment.render(task).replaceAll('\n', '').replaceAll('-', ' ');
  return { environment: environment.name as EnvironmentName, width, height, cells };
}

/** As `kit trace` reads it. A line of bare floor is drawn by `-`, since blank lines part problems. */
export function textOf({ width, height, cells }: Drawing): string {
  return Array.from({ length: height }, (_, y) => {
    const line = cells.slice(y * width, (y + 1) * width);
    return line.trim() === '' ? '-'.repeat(width) : line;
  }).join('\n');
}

/** The task that is drawn, or in a sentence why it is none. */
export function taskOf(drawing: Drawing): Board | string {
  try {
    return environmentOf(drawing.environment).parse(textOf(drawing));
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** Whether a stroke that begins at a cell draws or takes away, for all the cells that it meets. */
export function strokeAt({ cells }: Drawing, brush: Brush, cell: number): boolean {
  const character = cells[cell]!;
  if (brush === 'wall') return character !== '#';
  if (brush === 'box') return !'$*'.includes(character);
  return brush !== 'dock' || !'.*+'.includes(character);
}

/** The same drawing if the stroke does nothing there. */
export function painted(drawing: Drawing, brush: Brush, at: Stroke): Drawing {
  const { cell, draws } = at;
  const before = drawing.cells[cell];
  if (before === undefined) return drawing;
  const after = (drawing.environment === 'maze' ? inMaze : inLevel)(before, brush, draws);
  if (after === before) return drawing;
  const moved = MOVED[brush];
  const base = moved === undefined ? drawing.cells : drawing.cells.replace(moved.from, moved.to);
  return { ...drawing, cells: base.slice(0, cell) + after + base.slice(cell + 1) };
}

export interface Stroke {
  readonly cell: number;
  readonly draws: boolean;
}

/** There is one of these, so that drawing it takes it from where it was. */
const MOVED: {
  readonly [B in Brush]?: { readonly from: RegExp; readonly to: (at: string) => string };
} = {
  start: { from: /S/, to: () => '.' },
  goal: { from: /G/, to: () => '.' },
  worker: { from: /[@+]/, to: (at) => (at === '+' ? '.' : ' ') },
};

function inMaze(before: string, brush: Brush, draws: boolean): string {
  if ('SG'.includes(before)) return before;
  if (brush === 'wall') return draws ? '#' : '.';
  return brush === 'start' ? 'S' : 'G';
}

function inLevel(before: string, brush: Brush, draws: boolean): string {
  const hasWorker = '@+'.includes(before);
  const hasDock = '.*+'.includes(before);
  const hasBox = '$*'.includes(before);
  if (brush === 'dock') {
    if (hasWorker) return draws ? '+' : '@';
    if (hasBox) return draws ? '*' : '$';
    return draws ? '.' : ' ';
  }
  if (hasWorker) return before;
  if (brush === 'wall') return draws ? '#' : before === '#' ? ' ' : before;
  if (brush === 'worker') return hasDock ? '+' : '@';
  if (draws) return hasDock ? '*' : '$';
  return hasBox ? (hasDock ? '.' : ' ') : before;
}

export const cellCount = ({ width, height }: Drawing): number => width * height;
