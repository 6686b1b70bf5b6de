/**
 * The layers that attention and feed-forward blocks are made of, with hand-written gradients where
 * those need fewer operations than the ones that automatic differentiation would chain.
 */
import * as tf from '@tensorflow/tfjs-core';

export const NORM_EPSILON = 1e-5;

/** x [..., I] times weight [I, O] -> [..., O]. */
export function linear(x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const [fanIn, fanOut] = weight.shape as [number, number];
  const rows = tf.reshape(x, [-1, fanIn]);
  return tf.reshape(tf.matMul(rows, weight as tf.Tensor2D), [...x.shape.slice(0, -1), fanOut]);
}

/** Root-mean-square norm (Zhang and Sennrich 2019, eq. 4) of x [..., D] with gain [D]. */
export function rmsNorm(x: tf.Tensor, gain: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((...inputs) => {
    const [x, gain, save] = inputs as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), NORM_EPSILON)); // [..., 1]
    const unit = tf.mul(x, scale); // [..., D]
    save([unit, scale, gain]);
    return {
      value: tf.mul(unit, gain),
      gradFunc: (dy, saved) => {
        const [unit, scale, gain] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const dim = gain.size;
        const dUnit = tf.mul(dy, gain);
        const along = tf.mean(tf.mul(dUnit, unit), -1, true);
        const dx = tf.mul(tf.sub(dUnit, tf.mul(unit, along)), scale);
        const dGain = tf.sum(tf.reshape(tf.mul(dy, unit), [-1, dim]), 0);
        return [dx, dGain];
      },
    };
  });
  return op(x, gain);
}

/**
 * Rows of `table` [V, D] at `ids` [B, L] int32 -> [B, L, D]. The gradient is a product with one-hot
 * rows: it exists on every backend and adds up in a fixed order.
 */
export function embed(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const [vocabSize, dim] = table.shape as [number, number];
  const op = tf.customGrad((...inputs) => {
    const [table, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([ids]);
    return {
      value: tf.gather(table, tf.reshape(ids, [-1])),
      gradFunc: (dy, saved) => {
        // The wasm backend's oneHot writes integers whatever dtype it is asked for.
        const oneHot = tf.cast(tf.oneHot(tf.reshape(saved[0]!, [-1]), vocabSize), 'float32');
        return tf.matMul(oneHot, dy, true);
      },
    };
  });
  return tf.reshape(op(table), [...ids.shape, dim]);
}

/** Products of a transformer with what stands around them, which may be computed in more than one way. */
export interface LayerFunctions {
  /** x [..., I] times a weight: [..., O]. */
  readonly linear: (x: tf.Tensor, map: Linear) => tf.Tensor;
  /** The norm of x [..., D] times a weight: [..., O]. */
  readonly normedLinear: (x: tf.Tensor, gain: tf.Tensor, map: Linear) => tf.Tensor;
  /** residual [..., O] plus x [..., I] times a weight. */
  readonly addedLinear: (residual: tf.Tensor, x: tf.Tensor, map: Linear) => tf.Tensor;
  /** x plus SwiGLU of its norm. */
  readonly addedSwiGlu: (x: tf.Tensor, gain: tf.Tensor, weights: SwiGluWeights) => tf.Tensor;
}

/** A weight [I, O], which may be laid out otherwise, and O. */
export interface Linear {
  readonly weight: tf.Tensor;
  readonly columns: number;
}

export interface SwiGluWeights {
  readonly gateUp: tf.Tensor;
  readonly down: tf.Tensor;
  /** F. */
  readonly columns: number;
}

/** With gradients, on every backend, of weights [I, O]. */
export const LAYERS: LayerFunctions = {
  linear: (x, { weight }) => linear(x, weight),
  normedLinear: (x, gain, { weight }) => linear(rmsNorm(x, gain), weight),
  addedLinear: (residual, x, { weight }) => tf.add(residual, linear(x, weight)),
  addedSwiGlu: (x, gain, { gateUp, down }) => tf.add(x, swiGlu(rmsNorm(x, gain), gateUp, down)),
};

/** SwiGLU (Shazeer 2020, eq. 6): silu(x·gate) * (x·up), then down; `gateUp` is [D, 2F]. */
export function swiGlu(x: tf.Tensor, gateUp: tf.Tensor, down: tf.Tensor): tf.Tensor {
  // The weights are cut, because the activations that they make are larger.
  const [gate, up] = tf.split(gateUp, 2, -1) as [tf.Tensor, tf.Tensor]; // 2 × [D, F]
  return linear(gatedSilu(linear(x, gate), linear(x, up)), down);
}

function gatedSilu(gate: tf.Tensor, up: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((...inputs) => {
    const [gate, up, save] = inputs as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const sigmoid = tf.sigmoid(gate);
    const silu = tf.mul(gate, sigmoid);
    save([up, sigmoid, silu]);
    return {
      value: tf.mul(silu, up),
      gradFunc: (dy, saved) => {
        const [up, sigmoid, silu] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        // d silu = sigmoid + silu · (1 − sigmoid)
        const dSilu = tf.add(sigmoid, tf.sub(silu, tf.mul(silu, sigmoid)));
        const dGate = tf.mul(tf.mul(dy, up), dSilu);
        return [dGate, tf.mul(dy, silu)];
      },
    };
  });
  return op(gate, up);
}

/**
 * Rotary position encoding (Su et al. 2021, eq. 34, base 10,000) of interleaved pairs (2i, 2i + 1),
 * as the released code has it.
 */
export interface Rotation {
  /** [L, d] each, equal within a pair. */
  readonly cos: tf.Tensor2D;
  readonly sin: tf.Tensor2D;
  /** [d, d], maps a pair (a, b) to (−b, a). */
  readonly quarterTurn: tf.Tensor2D;
}

/** Positions are split into two digits of this base, so that two short tables serve all of them. */
const BASE = 256;
/** Positions that can be told apart. */
export const POSITIONS = BASE ** 2;

/**
 * The rotation at `positions` [L] int32, for heads of even size `headDim`. Computed by operations, so
 * that a recorded graph holds it for any position; from tables in double precision, because single
 * precision loses the angle of late positions.
 */
export function rotation(headDim: number, positions: tf.Tensor): Rotation {
  const high = tf.floorDiv(positions, tf.scalar(BASE, 'int32'));
  const low = tf.sub(positions, tf.mul(high, tf.scalar(BASE, 'int32')));
  const [cosHigh, sinHigh] = anglesOf(headDim, BASE).map((table) => tf.gather(table, high)) as [
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const [cosLow, sinLow] = anglesOf(headDim, 1).map((table) => tf.gather(table, low)) as [
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  return {
    cos: tf.sub(tf.mul(cosHigh, cosLow), tf.mul(sinHigh, sinLow)),
    sin: tf.add(tf.mul(sinHigh, cosLow), tf.mul(cosHigh, sinLow)),
    quarterTurn: quarterTurn(headDim),
  };
}

/** cos and sin [BASE, d] of the angles at positions 0, stride, 2 · stride, … */
function anglesOf(headDim: number, stride: number): [tf.Tensor2D, tf.Tensor2D] {
  const { cos, sin } = anglesAt(
    headDim,
    Array.from({ length: BASE }, (_, i) => i * stride),
  );
  return [tf.tensor2d(cos, [BASE, headDim]), tf.tensor2d(sin, [BASE, headDim])];
}

/** cos and sin [L · d] of the angles at positions. */
export function anglesAt(
  headDim: number,
  positions: readonly number[],
): { readonly cos: Float32Array; readonly sin: Float32Array } {
  const cos = new Float32Array(positions.length * headDim);
  const sin = new Float32Array(positions.length * headDim);
  for (let i = 0; i < headDim; i += 2) {
    const frequency = 10_000 ** (-i / headDim);
    positions.forEach((position, row) => {
      const at = row * headDim + i;
      cos.fill(Math.cos(position * frequency), at, at + 2);
      sin.fill(Math.sin(position * frequency), at, at + 2);
    });
  }
  return { cos, sin };
}

/** Maps pairs of a head, as `Rotation` has it. */
export function quarterTurn(headDim: number): tf.Tensor2D {
  const turn = new Float32Array(headDim * headDim);
  for (let i = 0; i < headDim; i += 2) {
    turn[i * headDim + i + 1] = 1;
    turn[(i + 1) * headDim + i] = -1;
  }
  return tf.tensor2d(turn, [headDim, headDim]);
}

/** x [..., L, d] rotated by position; the gradient is the rotation backwards. */
export function rotate(x: tf.Tensor, { cos, sin, quarterTurn }: Rotation): tf.Tensor {
  const op = tf.customGrad((...inputs) => {
    const [x, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([cos, sin, quarterTurn]);
    return {
      value: tf.add(tf.mul(x, cos), tf.mul(linear(x, quarterTurn), sin)),
      gradFunc: (dy, saved) => {
        const [cos, sin, quarterTurn] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        return tf.sub(tf.mul(dy, cos), tf.mul(linear(dy, quarterTurn), sin));
      },
    };
  });
  return op(x);
}
