/** Boards as pictures: walls, what stands on the board, the cells of a trace, and a plan's path. */
import type { Board, Position } from '../../envs/environment.ts';
import type { Vocabulary } from '../../traces/vocabulary.ts';
import { escapeXml } from './escapes.ts';
import { COLOURS, page } from './figure.ts';

export interface BoardDrawing {
  readonly task: Board;
  /** Drawn as a line from position to position. */
  readonly plan?: readonly Position[] | null;
  /** Cells in the order of the trace, tinted: the later they first occur, the stronger. */
  readonly trace?: readonly number[];
  /** Of trace and path. */
  readonly colour?: string;
  /** Lines below the board. */
  readonly caption?: readonly string[];
}

/** A grid of boards, one array a row. Boards are scaled to a common width. */
export function drawBoards(title: string, rows: readonly (readonly BoardDrawing[])[]): string {
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const side = Math.max(80, Math.min(200, Math.floor((WIDTH - MARGIN) / columns) - MARGIN));
  const width = columns * (side + MARGIN) + MARGIN;
  let y = 44;
  const bodies: string[] = [];
  for (const row of rows) {
    let depth = 0;
    for (const [column, drawing] of row.entries()) {
      const { task, caption = [] } = drawing;
      const cell = side / Math.max(task.width, task.height);
      const x = MARGIN + column * (side + MARGIN);
      const bottom = cell * task.height;
      const lines = caption.map(
        (line, index) =>
          `<text x="0" y="${tidy(bottom + 16 + 15 * index)}">${escapeXml(line)}</text>`,
      );
      bodies.push(
        `<g transform="translate(${x} ${y})">${drawBoard(drawing, cell)}${lines.join('')}</g>`,
      );
      depth = Math.max(depth, bottom + 16 + 15 * caption.length);
    }
    y += Math.ceil(depth) + 8;
  }
  const heading = `<text x="${MARGIN}" y="28" font-size="15" font-weight="600">${escapeXml(title)}</text>`;
  return page({ width, height: y, title }, heading + bodies.join(''));
}

/** The agent's cell in each clause of a reasoning trace; cells off the board are left out. */
export function traceCells(
  reasoning: ArrayLike<number>,
  vocabulary: Vocabulary,
  board: Board,
): number[] {
  const cells: number[] = [];
  let coordinates: number[] | null = null;
  for (let at = 0; at < reasoning.length; at++) {
    const id = reasoning[at]!;
    if (vocabulary.kind(id) === 'operation') coordinates = [];
    else if (vocabulary.kind(id) === 'coordinate') coordinates?.push(vocabulary.value(id));
    if (coordinates?.length !== 2) continue;
    const [x = -1, y = -1] = coordinates;
    if (x < board.width && y < board.height) cells.push(x + y * board.width);
    coordinates = null;
  }
  return cells;
}

const WIDTH = 640;
const MARGIN = 16;

function drawBoard({ task, plan, trace = [], colour = COLOURS.slow }: BoardDrawing, cell: number) {
  const { width, height, walls } = task;
  const square = (index: number, attributes: string) =>
    `<rect x="${tidy((index % width) * cell)}" y="${tidy(Math.floor(index / width) * cell)}" ` +
    `width="${tidy(cell)}" height="${tidy(cell)}" ${attributes}/>`;
  const visited = [...new Set(trace)];
  const tint = (order: number) => (0.15 + (0.35 * (order + 1)) / visited.length).toFixed(2);
  return [
    ...visited.map((index, order) =>
      square(index, `fill="${colour}" fill-opacity="${tint(order)}"`),
    ),
    ...Array.from(walls, (wall, index) => (wall === 0 ? '' : square(index, 'fill="#6b727c"'))),
    `<rect width="${tidy(cell * width)}" height="${tidy(cell * height)}" fill="none" ` +
      `stroke="#8a8f98"/>`,
    drawPath(plan ?? [], cell, colour),
    ...marksOf(task).map(({ index, mark }) => drawMark(index, mark, { width, cell })),
  ].join('');
}

function drawPath(plan: readonly Position[], cell: number, colour: string): string {
  if (plan.length === 0) return '';
  const points = plan.map(({ x, y }) => `${tidy((x + 0.5) * cell)},${tidy((y + 0.5) * cell)}`);
  return (
    `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" ` +
    `stroke-width="${tidy(cell * 0.2)}" stroke-linejoin="round" stroke-linecap="round"/>`
  );
}

type Mark = 'start' | 'goal' | 'dock' | 'box' | 'worker';

/** Which of a task's fields are cells that something stands on. */
const MARK_FIELDS: readonly (readonly [field: string, mark: Mark])[] = [
  ['docks', 'dock'],
  ['boxes', 'box'],
  ['start', 'start'],
  ['worker', 'worker'],
  ['goal', 'goal'],
];

function marksOf(task: Board): { index: number; mark: Mark }[] {
  const fields = task as unknown as Readonly<
    Record<string, number | readonly number[] | undefined>
  >;
  return MARK_FIELDS.flatMap(([field, mark]) =>
    [fields[field] ?? []].flat().map((index) => ({ index, mark })),
  );
}

function drawMark(
  index: number,
  mark: Mark,
  { width, cell }: { readonly width: number; readonly cell: number },
): string {
  const x = ((index % width) + 0.5) * cell;
  const y = (Math.floor(index / width) + 0.5) * cell;
  const disc = (radius: number, attributes: string) =>
    `<circle cx="${tidy(x)}" cy="${tidy(y)}" r="${tidy(radius * cell)}" ${attributes}/>`;
  const ring = `fill="none" stroke="currentColor" stroke-width="${tidy(cell * 0.08)}"`;
  if (mark === 'start' || mark === 'worker') return disc(0.22, 'fill="currentColor"');
  if (mark === 'dock') return disc(0.4, ring);
  if (mark === 'goal') return disc(0.32, ring) + disc(0.14, 'fill="currentColor"');
  const half = 0.24 * cell;
  return (
    `<rect x="${tidy(x - half)}" y="${tidy(y - half)}" width="${tidy(2 * half)}" ` +
    `height="${tidy(2 * half)}" fill="#c08a3e" stroke="currentColor"/>`
  );
}

/** At most two decimals. */
const tidy = (value: number) => Number(value.toFixed(2));
