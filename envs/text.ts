/** Files of drawn problems: several in a file, separated by blank lines, of any environment. */
import type { Board, Environment } from './environment.ts';
import { mazeEnvironment, sokobanEnvironment } from './index.ts';
import { linesOf, refuse } from './lines.ts';

export interface DrawnProblem {
  readonly environment: Environment;
  readonly task: Board;
  /** Number of its first line in the file, from 1. */
  readonly firstLine: number;
}

/**
 * A drawing with S or G is a maze, any other with @ + $ or * a Sokoban level.
 *
 * @throws InputError naming line and column.
 */
export function readProblems(text: string): DrawnProblem[] {
  const lines = linesOf(text);
  const problems: DrawnProblem[] = [];
  for (let end = 0, begin = 0; end <= lines.length; end++) {
    if (end < lines.length && lines[end]!.trim() !== '') continue;
    if (begin < end) {
      const firstLine = begin + 1;
      const drawing = lines.slice(begin, end).join('\n');
      const environment = environmentOfDrawing(drawing, firstLine);
      problems.push({ environment, task: environment.parse(drawing, firstLine), firstLine });
    }
    begin = end + 1;
  }
  if (problems.length === 0) refuse(1, 1, 'no problem is drawn here');
  return problems;
}

function environmentOfDrawing(drawing: string, firstLine: number): Environment {
  if (/[SG]/.test(drawing)) return mazeEnvironment;
  if (/[@+$*]/.test(drawing)) return sokobanEnvironment;
  return refuse(firstLine, 1, 'neither a maze (S and G) nor a Sokoban level (@ + $ *)');
}
