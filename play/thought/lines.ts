/**
 * A response or a search, token by token, as lines that can be shown: one for each clause of the
 * reasoning, each position of the plan, and the end.
 */
import { cellAt, type Board } from '../../envs/environment.ts';
import { CLOSE, CREATE, EOS, PLAN, type Vocabulary } from '../../traces/vocabulary.ts';

export type Operation = 'create' | 'close' | 'plan' | 'eos';

export interface Line {
  /** Null where tokens stand before any operation. */
  readonly operation: Operation | null;
  /** Indices of the first token and of the one behind the last. */
  readonly begin: number;
  readonly end: number;
  /** Of the agent; null if the line names none on the board. */
  readonly cell: number | null;
  /** Cells that follow the agent's in a clause: boxes that are on no dock. */
  readonly others: readonly number[];
  readonly costs: { readonly g: number; readonly h: number } | null;
  /** Whether all of it is left out of what a model is trained on. */
  readonly dropped: boolean;
}

const OPERATIONS: Readonly<Record<number, Operation>> = {
  [CREATE]: 'create',
  [CLOSE]: 'close',
  [PLAN]: 'plan',
  [EOS]: 'eos',
};

/** The last line may still be growing. */
export function readLines(
  ids: ArrayLike<number>,
  vocabulary: Vocabulary,
  board: Pick<Board, 'width' | 'height'>,
): Line[] {
  const lines: Line[] = [];
  for (let begin = 0, end = 1; begin < ids.length; begin = end++) {
    while (end < ids.length && OPERATIONS[ids[end]!] === undefined) end++;
    lines.push(readLine(ids, { begin, end, vocabulary, board: board as Board }));
  }
  return lines;
}

interface Extent {
  readonly begin: number;
  readonly end: number;
  readonly vocabulary: Vocabulary;
  readonly board: Board;
}

function readLine(ids: ArrayLike<number>, { begin, end, vocabulary, board }: Extent): Line {
  const cells: (number | null)[] = [];
  const costs: number[] = [];
  for (let at = begin; at < end; at++) {
    const id = ids[at]!;
    const kind = vocabulary.kind(id);
    if (kind === 'cost') costs.push(vocabulary.value(id));
    if (kind !== 'coordinate' || at + 1 >= end || vocabulary.kind(ids[at + 1]!) !== 'coordinate') {
      continue;
    }
    cells.push(cellAt(board, { x: vocabulary.value(id), y: vocabulary.value(ids[++at]!) }));
  }
  const [g, h] = costs;
  return {
    operation: OPERATIONS[ids[begin]!] ?? null,
    begin,
    end,
    cell: cells[0] ?? null,
    others: cells.slice(1).filter((cell) => cell !== null),
    costs: g === undefined || h === undefined ? null : { g, h },
    dropped: false,
  };
}

/** The tokens of a line, or of a part of it, as they stand. */
export function lineText(
  { begin, end }: Pick<Line, 'begin' | 'end'>,
  ids: ArrayLike<number>,
  vocabulary: Vocabulary,
): string {
  const tokens: string[] = [];
  for (let at = begin; at < end; at++) tokens.push(vocabulary.token(ids[at]!));
  return tokens.join(' ');
}
