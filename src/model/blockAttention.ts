/**
 * Attention in blocks of queries: memory grows with the length of the sequences instead of its square,
 * because only one block's weights are there at a time, and are computed again for the gradient (Rabe
 * and Staats 2021; Dao et al. 2022). Deviation from both: a block reads all of its keys at once, so that
 * its softmax needs no running maximum. Causal blocks read no later keys.
 */
import * as tf from '@tensorflow/tfjs-core';
import { inTurn } from '../engine/ordering.ts';
import { alongOutput, attentionGradients, type Inputs } from './attentionGradients.ts';
import { causalMask, type Mask } from './masks.ts';

export interface BlockOptions {
  /** As in `attend`. */
  readonly mask: Mask;
  /** Queries of a block; the last block has the rest. */
  readonly size: number;
}

/**
 * softmax(query · keyᵀ + mask) · value: [B, H, L, d].
 * @param inputs query [B, H, L, d]; key, scaled already, and value [B, H, S, d]
 */
export function blockAttention(
  inputs: readonly [query: tf.Tensor, key: tf.Tensor, value: tf.Tensor],
  options: BlockOptions,
): tf.Tensor {
  const written = options.mask instanceof tf.Tensor ? [options.mask] : [];
  const op = tf.customGrad((...args) => {
    const [query, key, value, save] = args as unknown as [...Inputs, tf.GradSaveFunc];
    const output = forward([query, key, value], options);
    save([query, key, value, output, ...written]);
    return {
      value: output,
      gradFunc: (dy, saved) => {
        const [query, key, value, output, mask = options.mask] = saved as [...Inputs, tf.Tensor];
        return backward([query, key, value], { ...options, mask, output, dy });
      },
    };
  });
  return op(...inputs);
}

function forward([query, key, value]: Inputs, options: BlockOptions): tf.Tensor {
  const blocks = blocksOf([query, key, value], options);
  const queries = splitBlocks(query, blocks);
  const turn = inTurn();
  const parts = blocks.map((block, i) =>
    turn(() =>
      tf.tidy(() => tf.matMul(weigh(queries[i]!, key, block), positions(value, 0, block.keys))),
    ),
  );
  return tf.concat(parts, 2);
}

function backward(
  [query, key, value]: Inputs,
  { output, dy, ...options }: BlockOptions & { output: tf.Tensor; dy: tf.Tensor },
): Inputs {
  const blocks = blocksOf([query, key, value], options);
  const [queries, dOutputs] = [splitBlocks(query, blocks), splitBlocks(dy, blocks)];
  const along = splitBlocks(alongOutput(dy, output), blocks);
  const turn = inTurn([dy]);
  const dQueries: tf.Tensor[] = [];
  const [dKey, dValue] = [sumOfPrefixes(), sumOfPrefixes()];
  for (const [i, block] of [...blocks.entries()].reverse()) {
    const [dQuery, dk, dv] = turn(() =>
      tf.tidy((): Inputs => {
        const [keys, values] = [positions(key, 0, block.keys), positions(value, 0, block.keys)];
        const weights = weigh(queries[i]!, key, block);
        const saved = { weights, dy: dOutputs[i]!, along: along[i]! };
        return attentionGradients([queries[i]!, keys, values], saved);
      }),
    );
    dQueries.unshift(dQuery);
    dKey.add(dk);
    dValue.add(dv);
  }
  return [tf.concat(dQueries, 2), dKey.total(), dValue.total()];
}

/** softmax(query · keyᵀ + mask), [B, H, L, S], of a block's queries and all keys. */
function weigh(query: tf.Tensor, key: tf.Tensor, { open, keys, mask }: Block): tf.Tensor {
  const score = (from: number, to: number): tf.Tensor =>
    tf.matMul(query, positions(key, from, to), false, true);
  if (mask === null) return tf.softmax(score(0, keys));
  const masked = tf.add(score(open, keys), mask);
  return tf.softmax(open === 0 ? masked : tf.concat([score(0, open), masked], 3));
}

/** Queries from … to − 1, which see the first `open` keys, and those up to `keys` where a mask lets them. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly open: number;
  readonly keys: number;
  readonly mask: tf.Tensor | null;
}

function blocksOf([query, key]: Inputs, { mask, size }: BlockOptions): Block[] {
  const [length, keys] = [query.shape[2]!, key.shape[2]!];
  const starts = Array.from({ length: Math.ceil(length / size) }, (_, i) => i * size);
  const last = starts.at(-1)!;
  // Made before the turns: what reads nothing but constants would not wait for its own.
  const [whole, rest] = mask === 'causal' ? [causalMask(size), causalMask(length - last)] : [];
  return starts.map((from): Block => {
    const to = from === last ? length : from + size;
    if (mask === 'causal') {
      return { from, to, open: from, keys: to, mask: from === last ? rest! : whole! };
    }
    const perQuery = mask !== null && mask.shape[2]! > 1;
    return { from, to, open: 0, keys, mask: perQuery ? positions(mask, from, to) : mask };
  });
}

function splitBlocks(x: tf.Tensor, blocks: readonly Block[]): tf.Tensor[] {
  return tf.split(
    x,
    blocks.map(({ from, to }) => to - from),
    2,
  );
}

/** x [B, H, S, d] from … to − 1 of S. */
function positions(x: tf.Tensor, from: number, to: number): tf.Tensor {
  const [batch, heads, , dim] = x.shape as [number, number, number, number];
  return tf.slice(x, [0, 0, from, 0], [batch, heads, to - from, dim]);
}

/** Adds tensors [B, H, S, d] of ever fewer positions, each beginning at the first. */
function sumOfPrefixes(): { add(part: tf.Tensor): void; total(): tf.Tensor } {
  let sum: tf.Tensor | null = null;
  /** Positions that no later part reaches. */
  const complete: tf.Tensor[] = [];
  return {
    add(part) {
      const further = (sum ?? part).shape[2]! - part.shape[2]!;
      if (sum === null) sum = part;
      else if (further === 0) sum = tf.add(sum, part);
      else {
        const [reached, rest] = tf.split(sum, [part.shape[2]!, further], 2);
        complete.unshift(rest!);
        sum = tf.add(reached!, part);
      }
    },
    total: () => tf.concat([sum!, ...complete], 2),
  };
}
