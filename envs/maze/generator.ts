/**
 * Random mazes with the distribution of Searchformer (arXiv 2402.14083, section 3.1): a wall count
 * uniform between two shares of the cells, walls at random, then start and goal at random; a
 * task is kept if its shortest plan has at least max(width, height) positions.
 */
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

/**
 * The accepted tasks of one layout, distinct. The released generator tries 100 pairs of start and
 * goal per layout; with fewer, down to one, a task is as likely, and more layouts are seen.
 * @throws InputError if no maze fits the settings.
 */
export function proposeMazes(settings: MazeSettings, rng: Rng, tries: number): Maze[] {
  let propose = proposers.get(settings);
  if (propose === undefined) proposers.set(settings, (propose = createProposer(settings)));
  return propose(rng, tries);
}

type Proposer = (rng: Rng, tries: number) => Maze[];

/** Most proposals are rejected, so they share their working memory. */
const proposers = new WeakMap<MazeSettings, Proposer>();

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

function createProposer(settings: MazeSettings): Proposer {
  const { width, height } = settings;
  const [min, max] = wallCounts(settings);
  const size = width * height;
  const grid = createGrid(width, height);
  const allCells = Int32Array.from({ length: size }, (_, cell) => cell);
  /** The walls, then the free cells, in no particular order. */
  const cells = new Int32Array(size);

  return (rng, tries) => {
    const count = min + rng.int(max - min + 1);
    cells.set(allCells);
    grid.clear();
    for (let i = 0; i < count; i++) {
      const drawn = i + rng.int(size - i);
      const wall = cells[drawn]!;
      cells[drawn] = cells[i]!;
      cells[i] = wall;
      grid.addWall(wall);
    }
    const mazes: Maze[] = [];
    let walls: Uint8Array | undefined;
    for (let tried = 0; tried < tries; tried++) {
      const start = cells[count + rng.int(size - count)]!;
      const goal = cells[count + rng.int(size - count)]!;
      const positions = grid.measure(start, goal);
      if (positions === null || positions < Math.max(width, height)) continue;
      if (mazes.some((maze) => maze.start === start && maze.goal === goal)) continue;
      walls ??= wallsAt(cells.subarray(0, count), size);
      mazes.push({ width, height, walls, start, goal });
    }
    return mazes;
  };
}

function wallsAt(cells: Int32Array, size: number): Uint8Array {
  const walls = new Uint8Array(size);
  for (const cell of cells) walls[cell] = 1;
  return walls;
}

interface Grid {
  clear(): void;
  addWall(cell: number): void;
  /** Positions of a shortest path, both ends included, or null. At most 100 calls per `clear`. */
  measure(from: number, to: number): number | null;
}

/**
 * Breadth-first search on a board that is drawn again and again. A ring of walls around the board
 * makes each step a mere offset, and cells are marked by the number of the search, so that nothing
 * is cleared between two.
 */
function createGrid(width: number, height: number): Grid {
  const stride = width + 2;
  const inRing = Int32Array.from(
    { length: width * height },
    (_, cell) => cell + stride + 1 + 2 * Math.floor(cell / width),
  );
  const empty = new Uint8Array(stride * (height + 2)).fill(WALL);
  for (const place of inRing) empty[place] = 0;
  const marks = empty.slice();
  const queue = new Int16Array(width * height);
  let search = 0;
  return {
    clear() {
      marks.set(empty);
      search = 0;
    },
    addWall(cell) {
      marks[inRing[cell]!] = WALL;
    },
    measure(from, to) {
      const goal = inRing[to]!;
      queue[0] = inRing[from]!;
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
    },
  };
}

/** Higher than the number of any search. */
const WALL = 255;
