/** Finished batches as files in a folder, one each, whole or absent. */
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import type { FinishedBatches } from './evaluate.ts';
import { readRecords, writeRecords } from './records.ts';

/** @param first number of the file of batch 0 */
export function batchFiles(folder: string, first = 0): FinishedBatches {
  const fileOf = (batch: number): string => batchFile(folder, first + batch);
  return {
    read(batch) {
      try {
        return readRecords(fileOf(batch));
      } catch (error) {
        // What is missing, or was damaged since, is answered again.
        if (error instanceof InputError) return null;
        throw error;
      }
    },
    write: (batch, records) => writeRecords(fileOf(batch), records),
  };
}

export function batchFile(folder: string, number: number): string {
  return path.join(folder, `${String(number).padStart(5, '0')}.jsonl.gz`);
}
