/** The weights that a run plans with. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import { listCheckpoints, readCheckpoint, type Checkpoint } from './checkpoint.ts';
import { runPaths } from './runFolder.ts';

/** Weights without the optimiser's state, which an exported run holds instead of checkpoints. */
export const EXPORTED_MODEL = 'model.safetensors';

/**
 * The checkpoint of a run with the lowest validation loss, its newest where none was measured, or
 * its exported weights where it has no checkpoints.
 * @throws InputError if it has neither, or one is damaged
 */
export function chooseCheckpoint(run: string): Checkpoint {
  const files = listCheckpoints(runPaths(run).checkpoints);
  const exported = path.join(run, EXPORTED_MODEL);
  if (files.length === 0 && existsSync(exported)) return readCheckpoint(exported);
  if (files.length === 0) throw new InputError(`${run} holds no checkpoint: train it first`);
  const checkpoints = files.map(({ file }) => readCheckpoint(file));
  const loss = (checkpoint: Checkpoint): number => checkpoint.validationLoss ?? Infinity;
  return checkpoints.reduceRight((best, next) => (loss(next) < loss(best) ? next : best));
}
