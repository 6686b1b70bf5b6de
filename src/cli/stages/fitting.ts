/** A model's fit to examples: batches that the memory has room for, and the loop over them. */
import { dropStrategy } from '../../../traces/drop.ts';
import { createVocabulary, type Vocabulary } from '../../../traces/vocabulary.ts';
import type { VocabularySettings } from '../../../traces/vocabulary.ts';
import { type Batch, splitBatch } from '../../data/batch.ts';
import { type Batches, type BatchOptions, createBatches } from '../../data/batches.ts';
import { validationBatches } from '../../data/batches.ts';
import type { Examples } from '../../data/dataset.ts';
import { batchLadder, EXACT, type Ladder } from '../../data/ladder.ts';
import type { Backend } from '../../engine/backends.ts';
import type { TrainingSettings } from '../../experiment.ts';
import type { ModelConfig } from '../../model/config.ts';
import { OPTIMIZERS, USUAL_OPTIMIZER } from '../../optimizers/index.ts';
import { checkMemory } from '../../training/memory.ts';
import { train, type TrainingOutcome, type TrainingStart } from '../../training/train.ts';
import { blocksOf } from '../../training/trainer.ts';
import { formatNumber } from '../progress.ts';
import type { Session } from '../session.ts';
import { checkPrecision, isSlow } from './engine.ts';

export interface FittingSettings {
  readonly training: TrainingSettings;
  /** Of batches, dropping and, unless there is a start, weights. */
  readonly seed: string | number;
  readonly config: ModelConfig;
  readonly vocabulary: VocabularySettings;
  readonly backend: Backend;
}

export interface Fitting extends FittingSettings {
  readonly batches: Batches;
  readonly validation: Examples | null;
  /** How many pieces of a batch are computed side by side. */
  readonly parts: number;
}

/**
 * @param validation null measures no validation loss
 * @throws InputError if the longest batches do not fit into memory, or the backend lacks the precision
 */
export function prepareFitting(
  settings: FittingSettings,
  examples: Examples,
  validation: Examples | null,
): Fitting {
  const { training, seed, config, backend } = settings;
  const { batchSize, rounds, precision } = training;
  // Operation by operation, parts only cost.
  const parts = isSlow(backend) ? 1 : Math.min(training.parts, batchSize);
  checkPrecision(precision, backend, 'training.precision');
  const options = batchOptions(training, createVocabulary(settings.vocabulary));
  const batches = createBatches(examples, { ...options, seed });
  if (!isSlow(backend)) {
    const { prompts, responses } = batches.ladder;
    const rows = Math.min(batchSize, examples.count);
    const longest = { B: rows, P: prompts.at(-1)!, T: responses.at(-1)! };
    checkMemory({ config, longest, parts, rounds });
  }
  return { ...settings, batches, validation, parts };
}

export interface FittingPlace {
  /** The run's folder, which the caller has locked. */
  readonly folder: string;
  /** As in `TrainingRun`. */
  readonly start?: TrainingStart;
  /** What progress is called. */
  readonly label: string;
}

/** Trains from the newest checkpoint of the folder, or from the start. */
export async function fit(
  { training, seed, config, vocabulary, batches, validation, parts }: Fitting,
  { folder, start, label }: FittingPlace,
  session: Session,
): Promise<TrainingOutcome> {
  const { rounds, precision } = training;
  const options = batchOptions(training, createVocabulary(vocabulary));
  const validated = validation === null || validation.count === 0 ? null : validation;
  const piecesOf = (batch: Batch): Batch[] => splitBatch(batch, parts * rounds);
  const outcome = await session.track(label, 'steps', async (onProgress) =>
    train({
      settings: training,
      seed,
      config,
      vocabulary,
      optimizer: await OPTIMIZERS[training.optimizer ?? USUAL_OPTIMIZER](),
      ...(start !== undefined && { start }),
      batchAt: (step) => piecesOf(batches.at(step)),
      parts,
      accumulate: rounds > 1,
      blocks: blocksOf(
        union(batches.ladder, validated === null ? EXACT : batchLadder(validated, options)),
      ),
      precision,
      *validationBatches() {
        if (validated === null) return;
        const own = { ...options, ladder: batches.ladder };
        for (const batch of validationBatches(validated, own)) yield piecesOf(batch);
      },
      folder,
      signal: session.signal,
      onProgress: ({ step, steps, loss, validationLoss, tokensPerSecond }) =>
        onProgress({
          done: step,
          total: steps,
          note:
            `loss ${loss.toFixed(3)}` +
            (validationLoss === null ? '' : ` (validation ${validationLoss.toFixed(3)})`) +
            `, ${formatNumber(Math.round(tokensPerSecond))} tokens/s`,
        }),
    }),
  );
  if (outcome.stopped === 'aborted') session.signal.throwIfAborted();
  return outcome;
}

/** What the batches of an experiment depend on, besides its seed. */
export function batchOptions(
  {
    batchSize,
    dropping,
    weighting,
    sorted,
  }: Pick<TrainingSettings, 'batchSize' | 'dropping' | 'weighting' | 'sorted'>,
  vocabulary: Vocabulary,
): Omit<BatchOptions, 'seed'> {
  const strategy = dropStrategy(dropping, vocabulary.environment);
  return { batchSize, strategy, vocabulary, weighting, sorted };
}

/** For training and validation, whose longest sequences differ. */
function union(a: Ladder, b: Ladder): Ladder {
  return {
    prompts: [...a.prompts, ...b.prompts],
    responses: [...a.responses, ...b.responses],
  };
}
