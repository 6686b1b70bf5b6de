/** Whether evaluations can be held against each other: the same tasks in the same order. */
import { InputError } from '../../envs/inputError.ts';
import type { EvaluationRecord } from '../evaluation/records.ts';
import { sha256 } from '../files.ts';

/** One number of each task, so that they can be kept where the records are not. */
export interface TaskPrints {
  readonly ids: Float64Array;
  /** 48 bits of the SHA-256 of each prompt. */
  readonly prompts: Float64Array;
}

export interface EvaluatedTasks {
  /** Of the run. */
  readonly folder: string;
  /** What the evaluation is called. */
  readonly name: string;
  readonly tasks: TaskPrints;
}

export function taskPrints(
  records: readonly Pick<EvaluationRecord, 'id' | 'prompt'>[],
): TaskPrints {
  return {
    ids: Float64Array.from(records, ({ id }) => id),
    prompts: Float64Array.from(records, ({ prompt }) =>
      Number.parseInt(sha256(prompt.join()).slice(0, 12), 16),
    ),
  };
}

/** @throws InputError naming the first evaluation of other tasks than the first of all, and a task */
export function checkSameTasks(evaluations: readonly EvaluatedTasks[]): void {
  const [first, ...others] = evaluations;
  for (const { folder, name, tasks } of others) {
    const other = firstOther(first!.tasks, tasks);
    if (other === null) continue;
    throw new InputError(
      `${folder}: ${name} was made on other tasks than in ${first!.folder}: ${other}`,
    );
  }
}

function firstOther(expected: TaskPrints, found: TaskPrints): string | null {
  if (expected.ids.length !== found.ids.length) {
    return `${found.ids.length}, not ${expected.ids.length}`;
  }
  const differs = found.ids.findIndex(
    (id, i) => id !== expected.ids[i] || found.prompts[i] !== expected.prompts[i],
  );
  return differs === -1 ? null : `task ${found.ids[differs]} is another`;
}
