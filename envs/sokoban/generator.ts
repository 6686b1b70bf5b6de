/**
 * Random Sokoban levels with the distribution of Searchformer (arXiv 2402.14083, section 3.1): a
 * border of walls, then on free cells, in this order: inner walls, boxes at least two cells from
 * the border, the worker, and a dock for each box. Whether there is a plan is left to the search.
 */
import { InputError } from '../inputError.ts';
import type { Rng } from '../rng.ts';
import { checkWhole } from '../settings.ts';
import type { Sokoban } from './sokoban.ts';

export interface SokobanSettings {
  readonly environment: 'sokoban';
  /** Cells, border included, 5 to 20. */
  readonly width: number;
  readonly height: number;
  readonly boxes: number;
  /** Inner walls. */
  readonly walls: number;
}

/**
 * One level, or none where the inner walls leave the boxes no room.
 *
 * @throws InputError if no level fits the settings.
 */
export function proposeSokoban(settings: SokobanSettings, rng: Rng, limit: number): Sokoban[] {
  checkSettings(settings);
  if (limit < 1) return [];
  const { width, height } = settings;
  const inner = cellsWithin(settings, 1);
  const walls = new Uint8Array(width * height).fill(1);
  for (const cell of inner) walls[cell] = 0;

  const innerWalls = draw(settings.walls, inner, rng);
  for (const cell of innerWalls) walls[cell] = 1;
  const boxes = draw(settings.boxes, without(cellsWithin(settings, 2), innerWalls), rng);
  if (boxes.length < settings.boxes) return [];
  const [worker, ...docks] = draw(
    1 + settings.boxes,
    without(inner, [...innerWalls, ...boxes]),
    rng,
  );
  return [{ width, height, walls, docks: sorted(docks), boxes: sorted(boxes), worker: worker! }];
}

function checkSettings(settings: SokobanSettings): void {
  const { width, height, boxes, walls } = settings;
  checkWhole(settings, 'width', { min: 5, max: 20 });
  checkWhole(settings, 'height', { min: 5, max: 20 });
  checkWhole(settings, 'boxes', { min: 1, max: 8 });
  checkWhole(settings, 'walls', { min: 0, max: 18 * 18 });
  const room = (width - 4) * (height - 4);
  if (boxes > room) {
    const where = `two cells from the border of ${width}×${height}`;
    throw new InputError(`boxes: ${boxes} do not fit into the ${room} cells ${where}`);
  }
  const left = (width - 2) * (height - 2) - 2 * boxes - 1;
  if (walls > left) {
    throw new InputError(`walls: ${walls} leave no room; at most ${left} fit beside the rest`);
  }
}

/** Cells at least `margin` cells away from the edge of the board, ascending. */
function cellsWithin({ width, height }: SokobanSettings, margin: number): number[] {
  const cells: number[] = [];
  for (let y = margin; y < height - margin; y++) {
    for (let x = margin; x < width - margin; x++) cells.push(x + y * width);
  }
  return cells;
}

/** `count` of the cells at random, or all if they are fewer. */
const draw = (count: number, cells: readonly number[], rng: Rng): number[] =>
  rng.shuffle([...cells]).slice(0, count);

const without = (cells: readonly number[], taken: readonly number[]): number[] =>
  cells.filter((cell) => !taken.includes(cell));

const sorted = (cells: readonly number[]): number[] => [...cells].sort((a, b) => a - b);
