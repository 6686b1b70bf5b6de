/**
 * Gradient checkpointing (Chen et al. 2016, section 3): a function whose intermediate results are not
 * kept for its gradient but computed again, so that until then only its inputs take memory.
 */
import * as tf from '@tensorflow/tfjs-core';
import { inTurn } from '../engine/ordering.ts';
import type { Params } from './params.ts';

/** Computes f(inputs, params) [...]. */
export type Compute = (
  f: (inputs: tf.Tensor[], params: Params) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  params: Params,
) => tf.Tensor;

export const compute: Compute = (f, inputs, params) => f([...inputs], params);

/**
 * The same value and the same gradients.
 * @param f depends on each of `inputs` and `params`; whatever else it reads counts as constant and must
 * live until the gradient is computed
 */
export const recompute: Compute = (f, inputs, params) => {
  const names = Object.keys(params);
  const ofList = (...list: tf.Tensor[]): tf.Tensor => {
    const entries = names.map((name, i) => [name, list[inputs.length + i]!]);
    return f(list.slice(0, inputs.length), Object.fromEntries(entries) as Params);
  };
  const op = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const list = args as tf.Tensor[];
    save(list);
    return {
      value: ofList(...list),
      // Behind dy, or a recorded graph would compute all of it at once and keep it after all.
      gradFunc: (dy, saved) => inTurn([dy])(() => gradients(ofList, saved, dy)),
    };
  });
  return op(...inputs, ...Object.values(params));
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
