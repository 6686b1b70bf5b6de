/**
 * The layers that attention and feed-forward blocks are made of, with hand-written gradients where
 * those need fewer operations than the ones that automatic differentiation would chain.
 */
import * as tf from '@tensorflow/tfjs-core';

const NORM_EPSILON = 1e-5;

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

/** SwiGLU (Shazeer 2020, eq. 6): silu(x·gate) * (x·up), then down; `gateUp` is [D, 2F]. */
export function swiGlu(x: tf.Tensor, gateUp: tf.Tensor, down: tf.Tensor): tf.Tensor {
  const [gate, up] = tf.split(linear(x, gateUp), 2, -1) as [tf.Tensor, tf.Tensor]; // 2 × [..., F]
  return linear(gatedSilu(gate, up), down);
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

/**
 * The rotation of positions from … from + length − 1 for heads of even size `headDim`. Computed from
 * their range, in single precision like the released code's, so that a graph holds no table.
 */
export function rotation(headDim: number, length: number, from = 0): Rotation {
  const frequencies = new Float32Array(headDim);
  const turn = new Float32Array(headDim * headDim);
  for (let i = 0; i < headDim; i += 2) {
    frequencies.fill(10_000 ** (-i / headDim), i, i + 2);
    turn[i * headDim + i + 1] = 1;
    turn[(i + 1) * headDim + i] = -1;
  }
  const range = tf.reshape(tf.range(from, from + length, 1, 'float32'), [length, 1]);
  const angles = tf.mul<tf.Tensor2D>(range, tf.tensor2d(frequencies, [1, headDim])); // [L, d]
  const quarterTurn = tf.tensor2d(turn, [headDim, headDim]);
  return { cos: tf.cos(angles), sin: tf.sin(angles), quarterTurn };
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
