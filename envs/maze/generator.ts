/**
 * Random mazes with the distribution of Searchformer (arXiv 2402.14083, section 3.1): a wall count
 * uniform between two shares of the cells, walls at random, then start and goal at random; a
 * task is kept if its shortest plan has at least max(width, height) positions.
 */
import type { Board } from '../environment.ts';
import { InputError } from '../inputError.ts';
import type { Rng } from '../rng.ts';
import { checkWhole } from '../settings.ts';
import type { Maze } from './maze.ts';

export interface MazeSettings {
  readonly environment: 'maze';
  /** Cells, 2 to 100. */
  readonly width: number;
  readonly height: number;
  /** The least and the greatest share of cells that are walls. */
  readonly walls: readonly [number, number];
}

/** Pairs of start and goal that are tried on a layout. */
const TRIES = 100;

/** The accepted tasks of one layout, distinct. @throws InputError if no maze fits the settings. */
export function proposeMazes(settings: MazeSettings, rng: Rng, limit: number): Maze[] {
  const { width, height } = settings;
  const { walls, free } = drawLayout(settings, rng);
  const measure = createMeasure({ width, height, walls });
  const mazes: Maze[] = [];
  for (let tries = 0; tries < TRIES && mazes.length < limit; tries++) {
    const start = free[rng.int(free.length)]!;
    const goal = free[rng.int(free.length)]!;
    const positions = measure(start, goal);
    if (positions === null || positions < Math.max(width, height)) continue;
    if (mazes.some((maze) => maze.start === start && maze.goal === goal)) continue;
    mazes.push({ width, height, walls, start, goal });
  }
  return mazes;
}

/** The least and the greatest number of walls. @throws InputError if no maze fits the settings. */
export function wallCounts(settings: MazeSettings): readonly [number, number] {
  checkWhole(settings, 'width', SIDES);
  checkWhole(settings, 'height', SIDES);
  const { width, height, walls } = settings;
  const [low, high] = walls;
  const cells = width * height;
  const most = cells - Math.max(width, height);
  if (!(low >= 0 && low <= high && high <= 1)) {
    throw new InputError(`walls: ${low}-${high} is no range of shares between 0 and 1`);
  }
  const min = Math.max(0, Math.ceil(low * cells - ROUNDING));
  const max = Math.floor(high * cells + ROUNDING);
  if (min > max) {
    throw new InputError(`walls: no whole number of ${cells} cells lies in ${low}-${high}`);
  }
  if (min > most) {
    const path = `path of ${Math.max(width, height)} cells`;
    throw new InputError(`walls: ${low}-${high} leaves no ${path} in ${width}×${height} cells`);
  }
  return [min, Math.min(max, most)];
}

const SIDES = { min: 2, max: 100 } as const;
/** Shares are decimal fractions: 0.57 of 100 cells are 57, though their product is a bit less. */
const ROUNDING = 1e-9;

/** Walls at random; `free` lists the other cells in no particular order. */
function drawLayout(
  settings: MazeSettings,
  rng: Rng,
): { readonly walls: Uint8Array; readonly free: Int32Array } {
  const size = settings.width * settings.height;
  const [min, max] = wallCounts(settings);
  const count = min + rng.int(max - min + 1);
  const walls = new Uint8Array(size);
  const cells = new Int32Array(size);
  for (let cell = 0; cell < size; cell++) cells[cell] = cell;
  for (let i = 0; i < count; i++) {
    const drawn = i + rng.int(size - i);
    walls[cells[drawn]!] = 1;
    cells[drawn] = cells[i]!;
  }
  return { walls, free: cells.subarray(count) };
}

/**
 * Measures shortest paths on one board by breadth-first search: positions, both ends included, or
 * null. A ring of walls around the board makes each step a mere offset, and cells are marked by
 * the number of the search, so that nothing is cleared between two.
 */
function createMeasure({
  width,
  height,
  walls,
}: Board): (from: number, to: number) => number | null {
  const stride = width + 2;
  const inRing = (cell: number): number => cell + stride + 1 + 2 * Math.floor(cell / width);
  const marks = new Uint8Array(stride * (height + 2)).fill(WALL);
  for (let cell = 0; cell < walls.length; cell++) {
    if (walls[cell] === 0) marks[inRing(cell)] = 0;
  }
  const queue = new Int16Array(width * height);
  let search = 0;
  return (from, to) => {
    const goal = inRing(to);
    queue[0] = inRing(from);
    marks[queue[0]] = ++search;
    for (let positions = 1, head = 0, end = 1; head < end; positions++) {
      for (const ring = end; head < ring; head++) {
        const cell = queue[head]!;
        if (cell === goal) return positions;
        if (marks[cell - 1]! < search) marks[(queue[end++] = cell - 1)] = search;
        if (marks[cell + 1]! < search) marks[(queue[end++] = cell + 1)] = search;
        if (marks[cell - stride]! < search) marks[(queue[end++] = cell - stride)] = search;
        if (marks[cell + stride]! < search) marks[(queue[end++] = cell + stride)] = search;
      }
    }
    return null;
  };
}

/** Higher than the number of any search. */
const WALL = 255;
