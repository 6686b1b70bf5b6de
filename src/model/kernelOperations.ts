/** The operations of decoding that the kit has of its own. */
import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from '../engine/kernels.ts';
import type { Precision } from '../engine/program.ts';
import type { ModelConfig } from './config.ts';
import type { DecodingOperations } from './decodingOperations.ts';
import { chooseTokens } from './sampling.ts';
import { linear, NORM_EPSILON, type LayerFunctions } from './layers.ts';

/** Columns of a block of keys or values, as in `native/kernels/pastAttention.cc`. */
const BLOCK = 32;

/**
 * Past: keys [R, blocks, D, 32] and values [R, blocks, 32, D]; in bf16 pairs of them are int32, because
 * TensorFlow.js has no such numbers. Memory: keys [G, D, S] and values [G, S, D].
 */
export function kernelOperations(
  { dim, heads }: ModelConfig,
  precision: Precision,
): DecodingOperations {
  const [dtype, packed] =
    precision === 'bf16' ? (['int32', 2] as const) : (['float32', 1] as const);
  return {
    columns: BLOCK,
    emptyPast: (rows) => ({
      key: tf.zeros([rows, 0, dim, BLOCK / packed], dtype),
      value: tf.zeros([rows, 0, BLOCK, dim / packed], dtype),
    }),
    memoryOf({ key, value }) {
      const [groups, , length] = key.shape as [number, number, number, number];
      return {
        key: tf.reshape(tf.transpose(key, [0, 1, 3, 2]), [groups, dim, length]),
        value: tf.reshape(tf.transpose(value, [0, 2, 1, 3]), [groups, length, dim]),
      };
    },
    selfAttention:
      (before, past, { column, start, cos, sin }) =>
      (joint, layer) => {
        const { key, value } = before[layer]!;
        const [attended, ...tables] = runKernel(
          'KitPastAttention',
          [joint, key, value, column, start, cos, sin],
          { integers: { heads }, types: { T: dtype }, outputs: 3 },
        );
        past.push({ key: tables[0]!, value: tables[1]! });
        return attended!;
      },
    crossAttention: (query, { key, value }, { mask }) =>
      runKernel('KitSharedAttention', [query, key, value, mask as tf.Tensor], {
        integers: { heads },
      })[0]!,
    layers: KERNEL_LAYERS,
    chooseTokens(logits, choice, inputs) {
      if (choice.topK !== undefined || choice.topP !== undefined) {
        return chooseTokens(logits, choice, inputs);
      }
      const { uniforms, temperature, forced, transitions, states } = inputs;
      const [tokens, logProbs, after] = runKernel(
        'KitChooseTokens',
        [logits, uniforms, temperature, forced, transitions, states],
        { outputs: 3 },
      );
      return { tokens: tokens!, logProbs: logProbs!, states: after! };
    },
  };
}

const KERNEL_LAYERS: LayerFunctions = {
  rmsNorm: (x, gain) => runKernel('KitRmsNorm', [x, gain, tf.scalar(NORM_EPSILON)])[0]!,
  swiGlu(x, gateUp, down) {
    const [gated] = runKernel('KitGatedSilu', [linear(x, gateUp)]);
    return tf.reshape(linear(gated!, down), [...x.shape.slice(0, -1), down.shape[1]!]);
  },
};
