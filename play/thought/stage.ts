/** Where the worker and the boxes of a Sokoban level stand while a line is shown. */
import type { Board } from '../../envs/environment.ts';
import type { Sokoban } from '../../envs/sokoban/sokoban.ts';
import type { EnvironmentName } from '../board/drawing.ts';
import { beginWalk, standingOf, walkTo } from '../board/walk.ts';
import type { Line } from './lines.ts';
import type { Thought } from './thought.ts';

export interface Stage {
  readonly agent: number;
  readonly boxes: readonly number[];
}

/** @param line by its number; null where all stands as drawn, and in mazes */
export function stageAt(
  thought: Thought,
  line: number,
  { environment, task }: { readonly environment: EnvironmentName; readonly task: Board },
): Stage | null {
  const shown = thought.lines[line];
  if (environment !== 'sokoban' || shown === undefined) return null;
  if (shown.operation === 'plan' || shown.operation === 'eos') {
    return afterPlan(thought.lines.slice(0, line + 1), task);
  }
  if (shown.cell === null) return null;
  const { docks, boxes } = task as Sokoban;
  const known = thought.boxes?.subarray(line * boxes.length, (line + 1) * boxes.length);
  if (known !== undefined) return { agent: shown.cell, boxes: [...known] };
  // Clauses leave out the boxes on docks, so it is known which docks these are only if they fill all.
  const filled = boxes.length - shown.others.length === docks.length;
  return { agent: shown.cell, boxes: [...shown.others, ...(filled ? docks : [])] };
}

/** As far as the plan is legal. */
function afterPlan(lines: readonly Line[], task: Board): Stage {
  let walk = beginWalk('sokoban', task);
  const cells = lines.flatMap(({ operation, cell }) => (operation === 'plan' ? [cell] : []));
  for (const cell of cells.slice(1)) {
    const next = cell === null ? null : walkTo(walk, cell);
    if (next === null) break;
    walk = next;
  }
  const { agent, boxes } = standingOf(walk);
  return { agent, boxes: boxes ?? [] };
}
