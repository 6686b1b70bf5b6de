/** Drawn problems from a file or stdin, and their A* search as token texts. */
import { InputError } from '../../envs/inputError.ts';
import { createMemory, GIB, MemoryLimitReached } from '../../envs/memory.ts';
import type { Rng } from '../../envs/rng.ts';
import { readProblems, type DrawnProblem } from '../../envs/text.ts';
import { solutionOf, type Solution } from '../../traces/solution.ts';
import { readInput, readStream } from '../reading.ts';
import { STDIN } from './command.ts';
import type { Session } from './session.ts';
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

export interface SolveOptions {
  /** Where the problem is drawn. */
  readonly file: string;
  /** GiB. */
  readonly maxMemory: number;
  readonly session: Session;
  readonly rng?: Rng | undefined;
}

/** Shows how far a search has come that takes long. @throws InputError if it needs more memory */
export async function solveProblem(
  { environment, task, firstLine }: DrawnProblem,
  { file, maxMemory, session, rng }: SolveOptions,
): Promise<Solution> {
  const memory = createMemory(maxMemory * GIB);
  const began = performance.now();
  try {
    return await session.track(`${file}: line ${firstLine}`, 'steps', async (progress) =>
      solutionOf(environment, task, {
        memory,
        ...(rng && { rng }),
        onProgress({ steps, created }) {
          if (performance.now() - began < PATIENCE_MS) return;
          progress({ done: steps, total: null, note: `${created.toLocaleString('en')} states` });
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const advice = error instanceof MemoryLimitReached ? ADVICE : '';
    throw new InputError(`${file}: line ${firstLine}: ${error.message}${advice}`);
  }
}

/** Most searches have ended by then. */
const PATIENCE_MS = 2_000;

const ADVICE = '; allow more with --max-memory, or draw a smaller level';

export function textOf(ids: ArrayLike<number>, { tokens }: Vocabulary): string {
  let text = '';
  for (let at = 0; at < ids.length; at++) text += (at === 0 ? '' : ' ') + tokens[ids[at]!]!;
  return text;
}
