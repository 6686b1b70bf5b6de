/** The operations of decoding that the kit has of its own. */
import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from '../engine/kernels.ts';
import type { Precision } from '../engine/program.ts';
import type { ModelConfig } from './config.ts';
import type { DecodingOperations } from './decodingOperations.ts';
import { chooseTokens } from './sampling.ts';
import { NORM_EPSILON, type LayerFunctions, type Linear } from './layers.ts';

/** Columns of a block of keys or values, as in `native/kernels/pastAttention.cc`. */
const BLOCK = 32;

/** Of packed numbers: floats, or two bfloat16 in an integer, as TensorFlow.js has no such numbers. */
type Packed = 'float32' | 'int32';

/**
 * Past: keys [R, blocks, D, 32] and values [R, blocks, 32, D]. Memory: keys [G, D, S] and values [G, S, D].
 */
export function kernelOperations(config: ModelConfig, precision: Precision): DecodingOperations {
  const { dim, heads } = config;
  const [dtype, perWord] =
    precision === 'bf16' ? (['int32', 2] as const) : (['float32', 1] as const);
  return {
    columns: BLOCK,
    grain: 4 * BLOCK,
    emptyPast: (rows) => ({
      key: tf.zeros([rows, 0, dim / perWord, BLOCK], dtype),
      value: tf.zeros([rows, 0, BLOCK / perWord, dim], dtype),
    }),
    memoryOf({ key, value }) {
      const [groups, , length] = key.shape as [number, number, number, number];
      return {
        key: tf.reshape(tf.transpose(key, [0, 1, 3, 2]), [groups, dim, length]),
        value: tf.reshape(tf.transpose(value, [0, 2, 1, 3]), [groups, length, dim]),
      };
    },
    selfAttention:
      (before, past, { column, round, start, ended, cos, sin }) =>
      (joint, layer) => {
        const { key, value } = before[layer]!;
        const [attended, ...tables] = runKernel(
          'KitPastAttention',
          [joint, key, value, column, round, start, ended, cos, sin],
          { integers: { heads }, types: { T: dtype }, outputs: 3 },
        );
        past.push({ key: tables[0]!, value: tables[1]! });
        return attended!;
      },
    crossAttention: (query, { key, value }, { mask }) =>
      runKernel('KitSharedAttention', [query, key, value, mask as tf.Tensor], {
        integers: { heads },
      })[0]!,
    weightOf(matrix, name) {
      const integers = { gated: Number(name.endsWith('.gateUp')), halved: perWord - 1 };
      return runKernel('KitPack', [matrix], { integers, types: { T: dtype } })[0]!;
    },
    layers: kernelLayers(dtype),
    chooseTokens(logits, choice, inputs) {
      if (choice.topK !== undefined || choice.topP !== undefined) {
        return chooseTokens(logits, choice, inputs);
      }
      const { uniforms, temperature, forced, round, transitions, states } = inputs;
      const [tokens, logProbs, after] = runKernel(
        'KitChooseTokens',
        [logits, uniforms, temperature, forced, round, transitions, states],
        { outputs: 3 },
      );
      return { tokens: tokens!, logProbs: logProbs!, states: after! };
    },
    endRound({ tokens, logProbs }, { carried, fixed }) {
      const before = [carried.round, carried.ended, carried.chosen, carried.logProbs];
      const { column, start, end, maxTokens, limit, enough } = fixed;
      const rules = [column, start, end, maxTokens, limit, enough];
      const outputs = runKernel('KitEndRound', [tokens, logProbs, ...before, ...rules], {
        outputs: 5,
      });
      const [again, round, ended, chosen, noted] = outputs as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      return { again, round, ended, chosen, logProbs: noted };
    },
  };
}

/** By matrices as `KitPack` lays them out. */
function kernelLayers(dtype: Packed): LayerFunctions {
  const multiply = (
    x: tf.Tensor,
    { weight, columns }: Linear,
    around: { gain?: tf.Tensor; residual?: tf.Tensor; gated?: boolean } = {},
  ): tf.Tensor => {
    const { gain, residual, gated = false } = around;
    const none = tf.zeros([0]);
    const inputs = [x, gain ?? none, tf.scalar(NORM_EPSILON), weight, residual ?? none];
    const integers = { columns, gated: Number(gated) };
    return runKernel('KitLinear', inputs, { integers, types: { T: dtype } })[0]!;
  };
  return {
    linear: multiply,
    normedLinear: (x, gain, map) => multiply(x, map, { gain }),
    addedLinear: (residual, x, map) => multiply(x, map, { residual }),
    addedSwiGlu(x, gain, { gateUp, down, columns }) {
      const gated = multiply(x, { weight: gateUp, columns }, { gain, gated: true });
      return multiply(gated, { weight: down, columns: x.shape.at(-1)! }, { residual: x });
    },
  };
}
