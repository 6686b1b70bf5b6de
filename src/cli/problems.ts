/** Drawn problems from a file or stdin, and their A* search as token texts. */
import { InputError } from '../../envs/inputError.ts';
import type { Rng } from '../../envs/rng.ts';
import { readProblems, type DrawnProblem } from '../../envs/text.ts';
import { solutionOf, type Solution } from '../../traces/solution.ts';
import { readInput, readStream } from '../reading.ts';
import { STDIN } from './command.ts';
import type { Vocabulary } from '../../traces/vocabulary.ts';

export type { Solution };

/** @param file a path, or STDIN @throws InputError naming file, line and column */
export async function readProblemFile(file: string): Promise<DrawnProblem[]> {
  const text = file === STDIN ? await readStream(process.stdin, file) : readInput(file);
  try {
    return readProblems(text);
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Beyond this a search would exhaust the memory of a laptop before its patience. */
const MAX_STEPS = 20_000_000;

/** @throws InputError if the search is longer than MAX_STEPS, or has no room */
export function solveProblem(
  { environment, task, firstLine }: DrawnProblem,
  { file, rng }: { readonly file: string; readonly rng?: Rng | undefined },
): Solution {
  const options = { maxSteps: MAX_STEPS, ...(rng === undefined ? {} : { rng }) };
  const refusal = (why: string): InputError => new InputError(`${file}: line ${firstLine}: ${why}`);
  try {
    const solution = solutionOf(environment, task, options);
    if (!solution.search.truncated) return solution;
  } catch (error) {
    throw error instanceof InputError ? refusal(error.message) : error;
  }
  throw refusal(`the search takes more than ${MAX_STEPS.toLocaleString('en')} steps`);
}

export function textOf(ids: ArrayLike<number>, vocabulary: Vocabulary): string {
  return Array.from(ids, (id) => vocabulary.token(id)).join(' ');
}
