/** Boards and tokens as text for a terminal. */
import { positionOf, type Board, type Environment, type Position } from '../../envs/environment.ts';
import type { SearchProblem } from '../../envs/searchProblem.ts';
import type { SearchLog } from '../../solvers/astar.ts';
import { CREATE, CLOSE, PLAN, type Vocabulary } from '../../traces/vocabulary.ts';

export const TEXT_WIDTH = 100;

/** The board, with the plan's cells marked if there is a plan. */
export function drawPlan(
  { environment, task }: { readonly environment: Environment; readonly task: Board },
  cells: readonly number[] | null,
): string[] {
  const plan = cells?.map((cell): Position => positionOf(cell, task.width));
  return trimmed(environment.render(task, plan).split('\n'));
}

/** The board with each cell's number in the order in which A* first closed it, from 1. */
export function drawSearchOrder(task: Board, problem: SearchProblem, log: SearchLog): string[] {
  const order = new Map<number, number>();
  for (let row = 0; row < log.length; row++) {
    const cell = problem.agent(log.states[row]!);
    if (log.closes[row] === 1 && !order.has(cell)) order.set(cell, order.size + 1);
  }
  const width = String(order.size).length;
  return Array.from({ length: task.height }, (_, y) =>
    Array.from({ length: task.width }, (_, x) => {
      const cell = x + y * task.width;
      const text = task.walls[cell] === 1 ? '#'.repeat(width) : String(order.get(cell) ?? '.');
      return text.padStart(width);
    }).join(' '),
  );
}

/** Blocks of lines beside each other under their titles, as far as the width allows. */
export function besideEachOther(
  blocks: readonly { readonly title: string; readonly lines: readonly string[] }[],
): string[] {
  const columns = blocks.map(({ title, lines }) => {
    const all = [title, ...lines];
    return { all, width: Math.max(...all.map((line) => [...line].length)) };
  });
  const gap = 4;
  const total = columns.reduce((sum, { width }) => sum + width + gap, -gap);
  if (total > TEXT_WIDTH) return columns.flatMap(({ all }, i) => (i === 0 ? all : ['', ...all]));
  const height = Math.max(...columns.map(({ all }) => all.length));
  return Array.from({ length: height }, (_, y) =>
    columns
      .map(({ all, width }) => pad(all[y] ?? '', width))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** Token texts in lines of whole clauses, indented. */
export function drawTokens(ids: ArrayLike<number>, vocabulary: Vocabulary): string[] {
  return [...drawPieces([ids], vocabulary)];
}

/** The same of tokens that come in pieces of whole clauses. */
export function* drawPieces(
  pieces: Iterable<ArrayLike<number>>,
  vocabulary: Vocabulary,
): Generator<string> {
  const indent = '  ';
  let line: string | undefined;
  for (const piece of pieces) {
    for (const clause of clauseTexts(piece, vocabulary)) {
      if (line !== undefined && line.length + 3 + clause.length <= TEXT_WIDTH) {
        line += ` | ${clause}`;
      } else {
        if (line !== undefined) yield line;
        line = indent + clause;
      }
    }
  }
  yield line ?? `${indent}(nothing)`;
}

function clauseTexts(ids: ArrayLike<number>, vocabulary: Vocabulary): string[] {
  const clauses: string[][] = [];
  for (let i = 0; i < ids.length; i++) {
    if (clauses.length === 0 || startsClause(ids[i]!, ids, i, vocabulary)) clauses.push([]);
    clauses.at(-1)!.push(vocabulary.token(ids[i]!));
  }
  return clauses.map((clause) => clause.join(' '));
}

/** In a prompt every keyword begins a group; in a response the operations do. */
function startsClause(
  id: number,
  ids: ArrayLike<number>,
  at: number,
  vocabulary: Vocabulary,
): boolean {
  if (id === CREATE || id === CLOSE || id === PLAN) return true;
  const inResponse = ids[0] === CREATE || ids[0] === CLOSE || ids[0] === PLAN;
  return !inResponse && at > 0 && vocabulary.kind(id) === 'keyword';
}

/** Lines with their ends. */
export function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}

function trimmed(lines: readonly string[]): string[] {
  return lines.at(-1) === '' ? lines.slice(0, -1) : [...lines];
}
