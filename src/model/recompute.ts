/**
 * Gradient checkpointing (Chen et al. 2016, section 3): a function whose intermediate results are not
 * kept for its gradient but computed again, so that until then only its inputs take memory.
 */
import * as tf from '@tensorflow/tfjs-core';
import { inTurn } from '../engine/ordering.ts';
import type { Params } from './paramTensors.ts';

export interface Operands {
  readonly inputs: readonly tf.Tensor[];
  readonly params: Params;
  /** What has no gradient, such as masks. */
  readonly constants?: readonly tf.Tensor[];
}

/** Computes f(operands). */
export type Compute = (f: (operands: Operands) => tf.Tensor, operands: Operands) => tf.Tensor;

export const compute: Compute = (f, operands) => f(operands);

/**
 * The same value and the same gradients.
 * @param f depends on each input and parameter, and on nothing but its operands
 */
export const recompute: Compute = (f, { inputs, params, constants = [] }) => {
  const names = Object.keys(params);
  const variables = [...inputs, ...Object.values(params)];
  const over =
    (constants: readonly tf.Tensor[]) =>
    (...list: tf.Tensor[]): tf.Tensor => {
      const entries = names.map((name, i) => [name, list[inputs.length + i]!]);
      return f({
        inputs: list.slice(0, inputs.length),
        params: Object.fromEntries(entries) as Params,
        constants,
      });
    };
  const op = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    save([...(args as tf.Tensor[]), ...constants]);
    return {
      value: over(constants)(...(args as tf.Tensor[])),
      gradFunc: (dy, saved) => {
        const again = over(saved.slice(variables.length));
        // Behind dy, or a recorded graph would compute all of it at once and keep it after all.
        return inTurn([dy])(() => gradients(again, saved.slice(0, variables.length), dy));
      },
    };
  });
  return op(...variables);
};

/** `tf.grads` would end the tape of the gradient in the middle of which it is called. */
function gradients(
  f: (...list: tf.Tensor[]) => tf.Tensor,
  list: tf.Tensor[],
  dy: tf.Tensor,
): tf.Tensor[] {
  const { state } = tf.engine();
  const tape = state.activeTape;
  try {
    return tf.grads(f)(list, dy);
  } finally {
    state.activeTape = tape;
  }
}
