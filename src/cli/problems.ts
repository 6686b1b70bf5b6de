/** Drawn problems from a file or stdin, and their A* search as token texts. */
import { readFileSync } from 'node:fs';
import { InputError } from '../../envs/inputError.ts';
import type { Rng } from '../../envs/rng.ts';
import type { SearchProblem } from '../../envs/searchProblem.ts';
import { readProblems, type DrawnProblem } from '../../envs/text.ts';
import { astar, type SearchResult } from '../../solvers/astar.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { STDIN } from './command.ts';
import { createVocabulary, type Vocabulary } from '../../traces/vocabulary.ts';

/** @param file a path, or STDIN @throws InputError naming file, line and column */
export async function readProblemFile(file: string): Promise<DrawnProblem[]> {
  const text = file === STDIN ? await readStdin() : readText(file);
  try {
    return readProblems(text);
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
}

/** A search of A* and its tokens, without bos and eos. */
export interface Solution {
  readonly problem: SearchProblem;
  readonly search: SearchResult;
  readonly vocabulary: Vocabulary;
  readonly prompt: Uint16Array;
  readonly reasoning: Uint16Array;
  /** Cells of the agent and their tokens, or null if there is no plan. */
  readonly cells: readonly number[] | null;
  readonly plan: Uint16Array | null;
}

/** Beyond this a search would exhaust the memory of a laptop before its patience. */
const MAX_STEPS = 20_000_000;

/**
 * Solves with a vocabulary that is large enough for whatever the search costs.
 * @throws InputError if the search is longer than MAX_STEPS
 */
export function solveProblem(
  { environment, task, firstLine }: DrawnProblem,
  { file, rng }: { readonly file: string; readonly rng?: Rng | undefined },
): Solution {
  const problem = environment.searchProblem(task);
  const search = astar(problem, { maxSteps: MAX_STEPS, ...(rng === undefined ? {} : { rng }) });
  if (search.truncated) {
    throw new InputError(
      `${file}: line ${firstLine}: the search takes more than ${MAX_STEPS.toLocaleString('en')} steps`,
    );
  }
  const { g, h } = search.log;
  const vocabulary = createVocabulary({
    environment: environment.name,
    coordinates: Math.max(task.width, task.height),
    costs: Math.max(largest(g), largest(h)) + 1,
  });
  const tokenizer = tokenizerOf(environment.name);
  const cells = search.plan && Array.from(search.plan, (state) => problem.agent(state));
  return {
    problem,
    search,
    vocabulary,
    prompt: tokenizer.prompt(task, vocabulary),
    reasoning: tokenizer.reasoning(task, vocabulary, { problem, log: search.log }),
    cells,
    plan: cells && tokenizer.plan(task, vocabulary, cells),
  };
}

export function textOf(ids: ArrayLike<number>, vocabulary: Vocabulary): string {
  return Array.from(ids, (id) => vocabulary.token(id)).join(' ');
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = { ENOENT: 'no such file', EISDIR: 'is a folder', EACCES: 'permission denied' };
    throw new InputError(
      `${file}: ${reason[code as keyof typeof reason] ?? `can't be read (${code})`}`,
    );
  }
}

async function readStdin(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function largest(values: Int32Array): number {
  let max = 0;
  for (const value of values) if (value > max) max = value;
  return max;
}
