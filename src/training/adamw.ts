/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2) on one flat parameter vector, as PyTorch has it:
 * decay, scaled by the learning rate, on every parameter; epsilon outside the root.
 */
import * as tf from '@tensorflow/tfjs-core';

const EPSILON = 1e-8;

export interface AdamwSettings {
  readonly betas: readonly [number, number];
  readonly weightDecay: number;
  /** Largest norm of the whole gradient; null does not clip. */
  readonly clipNorm: number | null;
}

/** [N] each: the parameters and the running means of gradient and squared gradient. */
export interface OptimizerState {
  readonly params: tf.Variable<tf.Rank.R1>;
  readonly mean: tf.Variable<tf.Rank.R1>;
  readonly square: tf.Variable<tf.Rank.R1>;
}

/** What changes from step to step, as scalars, so that a recorded update can be fed with it. */
export interface UpdateRates {
  /** The share of a parameter that its decay leaves. */
  readonly keep: tf.Scalar;
  /** Learning rate over the bias of the mean. */
  readonly rate: tf.Scalar;
  /** One over the bias of the squares. */
  readonly unbias: tf.Scalar;
}

/** @param step counted from 1; the caller disposes the scalars */
export function updateRates(
  step: number,
  learningRate: number,
  { betas: [beta1, beta2], weightDecay }: AdamwSettings,
): UpdateRates {
  return {
    keep: tf.scalar(1 - learningRate * weightDecay),
    rate: tf.scalar(learningRate / (1 - beta1 ** step)),
    unbias: tf.scalar(1 / (1 - beta2 ** step)),
  };
}

/** Assigns the state after one update. */
export function adamwUpdate(
  state: OptimizerState,
  gradient: tf.Tensor1D,
  { rates, settings }: { readonly rates: UpdateRates; readonly settings: AdamwSettings },
): void {
  const {
    betas: [beta1, beta2],
    clipNorm,
  } = settings;
  // Assigned one by one, so that of each vector's intermediate results none outlives it.
  const update = (variable: tf.Variable<tf.Rank.R1>, to: () => tf.Tensor): void =>
    tf.tidy(() => variable.assign(to() as tf.Tensor1D));
  tf.tidy(() => {
    const clipped = clipNorm === null ? gradient : tf.tidy(() => clip(gradient, clipNorm));
    update(state.mean, () => tf.add(tf.mul(state.mean, beta1), tf.mul(clipped, 1 - beta1)));
    update(state.square, () => {
      const added = tf.tidy(() => tf.mul(tf.square(clipped), 1 - beta2));
      return tf.add(tf.mul(state.square, beta2), added);
    });
    update(state.params, () => {
      const root = tf.tidy(() => tf.sqrt(tf.mul(state.square, rates.unbias)));
      const direction = tf.tidy(() => tf.div(state.mean, tf.add(root, EPSILON)));
      root.dispose();
      const change = tf.mul(direction, rates.rate);
      direction.dispose();
      return tf.sub(tf.mul(state.params, rates.keep), change);
    });
  });
}

function clip(gradient: tf.Tensor1D, largest: number): tf.Tensor1D {
  const norm = tf.sqrt(tf.sum(tf.square(gradient)));
  return tf.mul(gradient, tf.minimum(1, tf.div(largest, tf.add(norm, 1e-6))));
}
