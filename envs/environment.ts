/** What a problem domain provides. One folder in `envs` implements it for each domain. */
import type { Memory } from './memory.ts';
import type { Rng } from './rng.ts';
import type { SearchProblem } from './searchProblem.ts';

/** A cell; x grows to the right, y grows downwards. Need not lie on the board. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** What every task has; cells are numbered x + y·width. */
export interface Board {
  readonly width: number;
  readonly height: number;
  /** One byte per cell, 1 where there is a wall. */
  readonly walls: Uint8Array;
}

/** `at` is the index in the plan of the first position that is wrong. */
export type PlanCheck =
  | { readonly valid: true }
  | { readonly valid: false; readonly at: number; readonly reason: string };

/**
 * @typeParam Task one problem, a plain record
 * @typeParam Settings of the generator, a plain JSON record
 */
export interface Environment<Task extends Board = Board, Settings = unknown> {
  readonly name: string;
  /**
   * The distinct tasks of one random layout that fit the settings, of `tries` that are drawn; none
   * if all are rejected. Depends on `rng` alone. Optimal lengths are not computed here beyond what
   * rejection needs.
   */
  propose(settings: Settings, rng: Rng, tries: number): Task[];
  /** @param memory for what grows as the problem is searched; of 1 GiB unless given */
  searchProblem(task: Task, memory?: Memory): SearchProblem;
  /** Strict: begins at the start, every step legal, ends at a goal. Never throws. */
  checkPlan(task: Task, plan: readonly Position[]): PlanCheck;
  /** What training and test may not share: the wall layout of a maze, a Sokoban start state. */
  splitKey(task: Task): string;
  /** @throws InputError naming line and column, `firstLine` being the number of the first line. */
  parse(text: string, firstLine?: number): Task;
  /** The board as `parse` reads it; with a plan, its cells are marked by `*` (maze) or `·`. */
  render(task: Task, plan?: readonly Position[]): string;
}

export function positionOf(cell: number, width: number): Position {
  return { x: cell % width, y: Math.floor(cell / width) };
}

/** The cell at a position, or null off the board. */
export function cellAt({ width, height }: Board, { x, y }: Position): number | null {
  const onBoard = Number.isInteger(x) && Number.isInteger(y) && x >= 0 && y >= 0;
  return onBoard && x < width && y < height ? x + y * width : null;
}

export function isNeighbour(a: Position, b: Position): boolean {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y) === 1;
}
