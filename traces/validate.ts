/**
 * Is a reasoning trace a legal run of A* on a problem?
 *
 * A complete trace is legal if and only if some order of children and some breaking of ties
 * produces it (see `replay.ts`). Traces without close clauses, as dropping leaves them at levels
 * 1 to 3, can't be replayed: they are checked for what they still claim and called consistent
 * (see `claims.ts`).
 */
import type { Board } from '../envs/environment.ts';
import { InputError } from '../envs/inputError.ts';
import { checkClaims } from './claims.ts';
import { clauseBounds, readClause } from './clauses.ts';
import { replay } from './replay.ts';
import { createStateSpace } from './stateSpace.ts';
import type { TraceVerdict } from './verdict.ts';
import type { Vocabulary } from './vocabulary.ts';

export type { TraceVerdict };

/** @param reasoning ids without bos; any numbers. Never throws. */
export type TraceValidator = (reasoning: ArrayLike<number>) => TraceVerdict;

/**
 * Traces of one task; what is learned of its states serves all of them.
 *
 * @throws InputError if the vocabulary is of another environment or too small for the board
 */
export function createTraceValidator(task: Board, vocabulary: Vocabulary): TraceValidator {
  const space = createStateSpace(task, vocabulary);
  return (reasoning) => {
    if (reasoning.length === 0) return { verdict: 'none' };
    const bounds = clauseBounds(reasoning);
    const clauses = bounds
      .slice(1)
      .map((end, i) => readClause(reasoning, { begin: bounds[i]!, end }, vocabulary));
    // The second clause of a complete trace closes the start.
    const isComplete = clauses
      .slice(0, 2)
      .some((clause) => typeof clause === 'object' && clause.closes);
    return isComplete ? replay(space, clauses) : checkClaims(space, clauses);
  };
}

/**
 * As `createTraceValidator`, remembering the latest task, whose samples come one by one.
 *
 * @throws InputError likewise
 */
export function validateTrace(
  task: Board,
  environment: string,
  vocabulary: Vocabulary,
  reasoning: ArrayLike<number>,
): TraceVerdict {
  if (environment !== vocabulary.environment) {
    throw new InputError(`a vocabulary of ${vocabulary.environment} for a task of ${environment}`);
  }
  if (latest?.task !== task || latest.vocabulary !== vocabulary) {
    const validate = createTraceValidator(task, vocabulary);
    latest = { task, vocabulary, validate };
  }
  return latest.validate(reasoning);
}

let latest:
  | { readonly task: Board; readonly vocabulary: Vocabulary; readonly validate: TraceValidator }
  | undefined;
