/** What an experiment's settings alone tell of whether it can be done, before there are data. */
import { InputError } from '../../../envs/inputError.ts';
import { createVocabulary, vocabularyBoard } from '../../../traces/vocabulary.ts';
import type { Experiment } from '../../experiment.ts';
import { modelConfig } from '../../model/config.ts';
import { checkLeastMemory } from '../../training/memory.ts';

/** @throws InputError naming the field that asks for more than there is, or than the memory holds */
export function checkFeasible({ data, model, training }: Experiment): void {
  const { examples, batchSize, parts, rounds } = training;
  if (examples !== undefined && examples > data.trainCount) {
    throw new InputError(
      `training.examples: ${examples}, but data.trainCount is ${data.trainCount}`,
    );
  }
  const { width, height } = vocabularyBoard(data);
  const { environment } = data.task;
  // How many costs there are only the data tell.
  const words = { environment, coordinates: Math.max(width, height), costs: 0 };
  checkLeastMemory({
    config: modelConfig(model, createVocabulary(words).size),
    batchSize: Math.min(batchSize, examples ?? data.trainCount),
    parts,
    rounds,
  });
}

/** @throws InputError if the split to be evaluated on will hold no tasks */
export function checkEvaluated({
  data,
  evaluation,
}: Pick<Experiment, 'data' | 'evaluation'>): void {
  if (data[`${evaluation.split}Count`] > 0) return;
  throw new InputError(`data.${evaluation.split}Count: is 0, so there is nothing to evaluate on`);
}
