/**
 * Parameters as tensors. A single vector makes the optimiser a dozen operations however many layers there
 * are; the model sees named tensors, split off in one operation whose gradient is one concatenation.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from './config.ts';
import { paramSpecs, sizeOf } from './params.ts';

/** Named parameter tensors, shapes as in `paramSpecs`. */
export type Params = Readonly<Record<string, tf.Tensor>>;

/** The named parts of `flat` [paramCount]; differentiable. */
export function splitParams(config: ModelConfig, flat: tf.Tensor1D): Params {
  const specs = paramSpecs(config);
  const parts = tf.split(flat, specs.map(sizeOf));
  return Object.fromEntries(
    specs.map((spec, i) => [spec.name, tf.reshape(parts[i]!, [...spec.shape])]),
  );
}

/** Some parameters, by whether their names say so, as a list that a graph can take. */
export function paramList(config: ModelConfig, isOne: (name: string) => boolean) {
  const names = paramSpecs(config)
    .map(({ name }) => name)
    .filter(isOne);
  return {
    of: (params: Params): tf.Tensor[] => names.map((name) => params[name]!),
    named: (list: readonly tf.Tensor[]): Params =>
      Object.fromEntries(names.map((name, i) => [name, list[i]!])),
  };
}

/** Parameters of these shapes with nothing in them. */
export function zeroParams(config: ModelConfig): Params {
  return Object.fromEntries(
    paramSpecs(config).map(({ name, shape }) => [name, tf.zeros([...shape])]),
  );
}
