/**
 * What an objective is: a loss as a function of the model's outputs and of columns of the batch. It is
 * recorded once and called for every part of a batch, so it must be a sum over rows, each weighted by the
 * columns: the losses of the parts add up to the loss of the batch.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { z } from 'zod';

/** What the model computed for the rows of a part. */
export interface Outputs {
  /** [B, N, V], of the next token at each position. */
  readonly logits: tf.Tensor;
}

/** Columns by name. */
export type Columns = Readonly<Record<string, tf.Tensor>>;

/** What an objective reads of a part of a batch, of B rows with N predicted tokens at most. */
export interface ObjectiveInputs {
  /** [B, N] int32: the tokens that are predicted. */
  readonly targets: tf.Tensor;
  /** [B, N] each, 0 on padding; those that the objective declares. */
  readonly tokens: Columns;
  /** [B] each; those that the objective declares. */
  readonly rows: Columns;
}

/** An objective with its settings. */
export interface Objective {
  /** Neighbouring rows that belong together, such as 2 for pairs; no part of a batch separates them. */
  readonly groupSize: number;
  /**
   * Columns with a number for each predicted token. `weight` (see `Weighting`) and `predicted` (1 where the
   * token is the model's own choice: neither padding nor forced) are known of every batch, the others
   * must be in the data.
   */
  readonly tokenColumns: readonly string[];
  /** Columns with a number for each row. `share` (1 / rows of the batch) is known of every batch. */
  readonly rowColumns: readonly string[];
  /** What is logged beside the loss. */
  readonly logged: readonly string[];
  /** Numbers that the gradient keeps of each token, as multiples of the vocabulary's size. */
  readonly keptLogits: number;
  /** @returns scalars: the loss in nats, then what is logged, in its order */
  readonly loss: (
    outputs: Outputs,
    inputs: ObjectiveInputs,
  ) => readonly [loss: tf.Scalar, ...logged: tf.Scalar[]];
}

/** An objective for any settings. */
export interface ObjectiveKind {
  readonly settings: z.ZodType;
  /** @throws ZodError if the settings are none of it */
  readonly create: (settings?: unknown) => Objective;
}

export function defineObjective<Schema extends z.ZodType>(
  settings: Schema,
  create: (settings: z.output<Schema>) => Objective,
): ObjectiveKind {
  return { settings, create: (given = {}) => create(settings.parse(given)) };
}

/** Columns that every batch has. */
export const KNOWN_COLUMNS: readonly string[] = ['weight', 'predicted', 'share'];
