/**
 * Sokoban levels as tokens (Searchformer, arXiv 2402.14083).
 *
 * Prompt: `worker x y`, `box x y` for each box that is not on a dock, `dock x y` for each dock
 * without a box, `wall x y` for each wall. Clause: `create|close worker x y (box x y)* c<g> c<h>`,
 * again only with boxes that are not on docks. Cells of a group are in the order of the text
 * "x-y", in which 10-1 comes before 2-1.
 *
 * So neither prompts nor clauses tell of boxes on docks: a level read from its prompt lacks the
 * boxes that are docked at the start together with their docks, and a clause may stand for
 * several states.
 */
import type { Sokoban, SokobanProblem } from '../envs/sokoban/sokoban.ts';
import { lengthened } from '../envs/growable.ts';
import { InputError } from '../envs/inputError.ts';
import { repeated, sequence, word } from './language.ts';
import { type BoardSize, LEXICONS } from './lexicons.ts';
import { wallCells } from './mazeTokenizer.ts';
import { readPromptGroups, writePrompt } from './promptTokens.ts';
import { planTokens, POSITION, reasoningTokens } from './responseTokens.ts';
import type { StateWriter, Tokenizer } from './tokenizer.ts';
import type { Vocabulary } from './vocabulary.ts';

const { keywords } = LEXICONS.sokoban;

export const sokobanTokenizer: Tokenizer<Sokoban> = {
  environment: 'sokoban',
  keywords,
  prompt(level, vocabulary) {
    const { worker, boxes, docks } = level;
    const ranks = textRanks(level);
    const sorted = (cells: readonly number[]): number[] =>
      [...cells].sort((a, b) => ranks[a]! - ranks[b]!);
    const groups = {
      worker: [worker],
      box: sorted(boxes.filter((box) => !docks.includes(box))),
      dock: sorted(docks.filter((dock) => !boxes.includes(dock))),
      wall: sorted(wallCells(level)),
    };
    return writePrompt(groups, level, vocabulary);
  },
  reasoning(level, vocabulary, { problem, log }) {
    return reasoningTokens(log, vocabulary, sokobanTokenizer.states(level, vocabulary, problem));
  },
  plan: planTokens,
  stateForm: sequence(word('worker'), POSITION, repeated(sequence(word('box'), POSITION))),
  states(level, vocabulary, problem) {
    return writeStates(level, vocabulary, problem as SokobanProblem);
  },
  readPrompt(ids, vocabulary, { width, height }) {
    const size = { width, height };
    const ranks = textRanks(size);
    const form = {
      size,
      keywords,
      single: ['worker'],
      apart: [
        ['worker', 'box', 'wall'],
        ['dock', 'box', 'wall'],
      ],
      rank: (cell: number) => ranks[cell]!,
    };
    const groups = readPromptGroups(ids, vocabulary, form);
    const { box, dock } = groups;
    if (box!.length > dock!.length) {
      throw new InputError(`prompt: ${box!.length} boxes for ${dock!.length} docks`);
    }
    const walls = new Uint8Array(width * height);
    for (const cell of groups.wall!) walls[cell] = 1;
    const ascending = (cells: number[]): number[] => cells.sort((a, b) => a - b);
    const worker = groups.worker![0]!;
    return { width, height, walls, docks: ascending(dock!), boxes: ascending(box!), worker };
  },
};

/** The tokens of the first arrangements' boxes are kept, since many states share them. */
function writeStates(level: Sokoban, vocabulary: Vocabulary, problem: SokobanProblem): StateWriter {
  const { width, walls, docks, boxes } = level;
  const ranks = textRanks(level);
  const isDock = new Uint8Array(walls.length);
  for (const dock of docks) isDock[dock] = 1;
  const worker = vocabulary.id('worker');
  const box = vocabulary.id('box');
  const write = (word: number, cell: number, into: Uint16Array, at: number): number => {
    const x = cell % width;
    into[at] = word;
    into[at + 1] = vocabulary.coordinate(x);
    into[at + 2] = vocabulary.coordinate((cell - x) / width);
    return at + 3;
  };

  const stride = 3 * boxes.length;
  // By place in the text, the boxes of one arrangement that are on no dock.
  const free = new Uint16Array(boxes.length);
  const writeBoxes = (state: number, into: Uint16Array, at: number): number => {
    let count = 0;
    for (const cell of problem.boxes(state)) {
      if (isDock[cell] === 1) continue;
      let slot = count++;
      for (; slot > 0 && ranks[free[slot - 1]!]! > ranks[cell]!; slot--)
        free[slot] = free[slot - 1]!;
      free[slot] = cell;
    }
    for (let i = 0; i < count; i++) at = write(box, free[i]!, into, at);
    return at;
  };

  const mostKept = Math.floor(MOST_KEPT_TOKENS / stride);
  // By arrangement: its tokens, and their number plus 1, or 0 if they are not known yet.
  let texts = new Uint16Array(256 * stride);
  let lengths = new Uint16Array(256);
  const keepBoxes = (state: number, arrangement: number): void => {
    if (arrangement >= lengths.length) {
      texts = lengthened(texts, 2 * arrangement * stride);
      lengths = lengthened(lengths, 2 * arrangement);
    }
    const first = arrangement * stride;
    lengths[arrangement] = writeBoxes(state, texts, first) - first + 1;
  };

  return {
    maxTokens: 3 + stride,
    write(state, into, at) {
      at = write(worker, problem.agent(state), into, at);
      const arrangement = problem.arrangement(state);
      if (arrangement >= mostKept) return writeBoxes(state, into, at);
      if (arrangement >= lengths.length || lengths[arrangement] === 0) {
        keepBoxes(state, arrangement);
      }
      const first = arrangement * stride;
      const end = first + lengths[arrangement]! - 1;
      for (let from = first; from < end; from++) into[at++] = texts[from]!;
      return at;
    },
  };
}

/** Of boxes: 2 MiB, for as many more as there are, and while they are copied. */
const MOST_KEPT_TOKENS = 2 ** 20;

/** By cell, its place in the order of the texts "x-y". */
function textRanks({ width, height }: BoardSize): Uint16Array {
  if (latest?.width === width && latest.height === height) return latest.ranks;
  const texts = Array.from(
    { length: width * height },
    (_, cell) => `${cell % width}-${Math.floor(cell / width)}`,
  );
  const ranks = new Uint16Array(texts.length);
  const sorted = [...texts.keys()].sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1));
  for (const [rank, cell] of sorted.entries()) ranks[cell] = rank;
  latest = { width, height, ranks };
  return ranks;
}

/** Boards of a data set are of one size. */
let latest: (BoardSize & { readonly ranks: Uint16Array }) | undefined;
