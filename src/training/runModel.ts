/** The weights that a run plans with. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import { createVocabulary, vocabularyBoard } from '../../traces/vocabulary.ts';
import type { VocabularySettings } from '../../traces/vocabulary.ts';
import { modelConfig, type ModelShape, type ModelSize } from '../model/config.ts';
import { listCheckpoints, readCheckpoint } from './checkpoint.ts';
import type { Checkpoint, CheckpointInfo } from './checkpoint.ts';
import { firstDifference } from '../firstDifference.ts';
import { shellLine } from '../shell.ts';
import { runPaths } from './runFolder.ts';

/** Weights without the optimiser's state, which an exported run holds instead of checkpoints. */
export const EXPORTED_MODEL = 'model.safetensors';

/**
 * The checkpoint of a run with the lowest validation loss, its newest where none was measured, or
 * its exported weights where it has no checkpoints.
 * @throws InputError if it has neither, one is damaged, or it is not the model that is expected
 */
export function chooseCheckpoint(run: string, expected: ExpectedModel): Checkpoint {
  const checkpoint = bestOf(modelFiles(run).map(readCheckpoint));
  checkModel(checkpoint, expected, run);
  return checkpoint;
}

/** Without reading them. @throws InputError if the run holds neither checkpoints nor exported weights */
export function checkHoldsWeights(run: string): void {
  modelFiles(run);
}

/** The checkpoints of a run by step, or its exported weights. @throws InputError if it has neither */
export function modelFiles(run: string): string[] {
  const files = listCheckpoints(runPaths(run).checkpoints).map(({ file }) => file);
  const exported = path.join(run, EXPORTED_MODEL);
  if (files.length > 0) return files;
  if (existsSync(exported)) return [exported];
  if (existsSync(runPaths(run).evaluation)) throw notKept(run);
  throw new InputError(`${run} holds no checkpoint: train it first`);
}

/** @param checkpoints of a run by step */
export function bestOf<Info extends Pick<CheckpointInfo, 'validationLoss'>>(
  checkpoints: readonly Info[],
): Info {
  const loss = ({ validationLoss }: Info): number => validationLoss ?? Infinity;
  return checkpoints.reduceRight((best, next) => (loss(next) < loss(best) ? next : best));
}

/** Of records that were exported alone, as those of a study's cells are. */
function notKept(run: string): InputError {
  const again = path.join('runs', path.basename(path.resolve(run)));
  return new InputError(
    `${run} holds records without the weights, which were not kept: ` +
      `\`${shellLine(['kit', 'train', runPaths(run).experiment, '--out', again])}\` makes them again, in ${again}`,
  );
}

/** What the settings of a run say of its model. */
export interface ExpectedModel {
  readonly model: ModelSize | ModelShape;
  readonly data: {
    readonly task: {
      readonly environment: string;
      readonly width: number;
      readonly height: number;
    };
    readonly vocabularySide?: number | undefined;
  };
}

/**
 * @param place of the checkpoint, for the error
 * @throws InputError naming what differs if the checkpoint is of another size or vocabulary
 */
export function checkModel(
  checkpoint: CheckpointInfo,
  expected: ExpectedModel,
  place: string,
): void {
  const { environment } = expected.data.task;
  const { costs } = checkpoint.vocabulary;
  const { width, height } = vocabularyBoard(expected.data);
  const coordinates = Math.max(width, height);
  const vocabulary: VocabularySettings = { environment, coordinates, costs };
  const own = { vocabulary: checkpoint.vocabulary, model: checkpoint.config };
  const config = modelConfig(expected.model, createVocabulary(vocabulary).size);
  const difference = firstDifference(own, { vocabulary, model: config });
  if (difference !== null) {
    throw new InputError(`${place}: is the checkpoint of another model: its ${difference}`);
  }
}
