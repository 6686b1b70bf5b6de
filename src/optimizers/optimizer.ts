/** What an optimiser is: vectors that it remembers, and how it changes the parameters. */
import * as tf from '@tensorflow/tfjs-core';
import type { ParamSpec } from '../model/params.ts';

/** Settings that all optimisers have; each reads them as its paper does. */
export interface OptimizerSettings {
  readonly betas: readonly [number, number];
  readonly weightDecay: number;
}

/** The parameters and the vectors of the optimiser, [N] each. */
export interface OptimizerState {
  readonly params: tf.Variable<tf.Rank.R1>;
  /** By the names of `Optimizer.slots`. */
  readonly slots: Readonly<Record<string, tf.Variable<tf.Rank.R1>>>;
}

/** Numbers by name. */
export type Rates = Readonly<Record<string, number>>;

export interface UpdateContext {
  /** The numbers of `Optimizer.rates`, as scalars that a recorded update is fed with. */
  readonly rates: Readonly<Record<string, tf.Scalar>>;
  readonly settings: OptimizerSettings;
  /** The parts of the parameter vector, in its order: names, shapes and roles. */
  readonly specs: readonly ParamSpec[];
}

export interface Optimizer {
  /** Names of the vectors that it keeps between updates; each begins with zeros. */
  readonly slots: readonly string[];
  /** The numbers that change from step to step. @param step counted from 1 */
  readonly rates: (step: number, learningRate: number, settings: OptimizerSettings) => Rates;
  /** Assigns the slots and the parameters. @param gradient [N], clipped */
  readonly update: (state: OptimizerState, gradient: tf.Tensor1D, context: UpdateContext) => void;
}

/** Assigns one vector, so that none of its intermediate results outlives it. */
export function assign(variable: tf.Variable<tf.Rank.R1>, to: () => tf.Tensor): void {
  tf.tidy(() => variable.assign(to() as tf.Tensor1D));
}
