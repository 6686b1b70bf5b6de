/**
 * Responses to many tasks as files of about a thousand each, whole or absent, so that what a killed
 * process has answered is not asked again, and none but the latest are in memory.
 */
import { batchFile, batchFiles } from '../evaluation/batchFiles.ts';
import { evaluate, type EvaluateOptions } from '../evaluation/evaluate.ts';
import { type EvaluationRecord, readRecords } from '../evaluation/records.ts';
import type { RolloutFn } from '../evaluation/rollouts.ts';
import { exampleAt, type Examples } from '../data/examples.ts';
import { removeLeftovers } from '../files.ts';

export type RespondOptions = Omit<EvaluateOptions, 'finished' | 'referenceRuns' | 'batchSize'>;

/** Responses in a file. */
const PER_FILE = 1024;
/** Files whose tasks are sorted by length among themselves. */
const FILES_AT_ONCE = 32;

/**
 * Asks for what is not in the folder yet.
 * @returns all records, file by file, which may be read once more each time
 */
export async function respondInto(
  folder: string,
  tasks: Examples,
  { rollout, ...options }: RespondOptions & { readonly rollout: RolloutFn },
): Promise<Iterable<EvaluationRecord>> {
  removeLeftovers(folder);
  const perFile = Math.max(1, Math.floor(PER_FILE / options.samples));
  const atOnce = perFile * FILES_AT_ONCE;
  for (let from = 0; from < tasks.count; from += atOnce) {
    const length = Math.min(atOnce, tasks.count - from);
    const examples = Array.from({ length }, (_, i) => exampleAt(tasks, from + i));
    await evaluate(examples, rollout, {
      ...options,
      batchSize: PER_FILE,
      // A*'s mean effort, which selection does not ask for.
      referenceRuns: 0,
      finished: batchFiles(folder, from / perFile),
      onProgress: ({ done }) => options.onProgress?.({ done: from + done, total: tasks.count }),
    });
  }
  const files = Math.ceil(tasks.count / perFile);
  return {
    *[Symbol.iterator]() {
      for (let number = 0; number < files; number++) yield* readRecords(batchFile(folder, number));
    },
  };
}
