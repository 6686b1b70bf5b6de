/** The next token of each of R rows from its logits [R, V]. */
import * as tf from '@tensorflow/tfjs-core';
import { HIDDEN } from './masks.ts';

/** How tokens are chosen. */
export interface Choice {
  /** The likeliest token, instead of a draw. */
  readonly greedy: boolean;
  /** Only tokens that a grammar allows. */
  readonly byGrammar?: boolean;
  /** Draws from the k likeliest tokens only (Fan et al. 2018, section 5.4). */
  readonly topK?: number | undefined;
  /**
   * Draws from the likeliest tokens that together have this probability, the one that reaches it
   * included (Holtzman et al. 2020, section 3.1).
   */
  readonly topP?: number | undefined;
}

export interface ChoiceInputs {
  readonly temperature: tf.Tensor;
  /** By round, [N, R] in [0, 1). */
  readonly uniforms: tf.Tensor;
  /** By round, [N, R] int32: tokens that must come, -1 where any may. */
  readonly forced: tf.Tensor;
  /** int32. */
  readonly round: tf.Tensor;
  /** [states, V] int32: the state after a token, -1 if it may not come; no states without grammar. */
  readonly transitions: tf.Tensor;
  /** [R] int32: the states that the rows are in. */
  readonly states: tf.Tensor;
}

export interface Chosen {
  /** [R] int32 */
  readonly tokens: tf.Tensor;
  /** [R]: ln p of each under softmax(logits), whatever it was chosen by. */
  readonly logProbs: tf.Tensor;
  /** [R] int32: the states of the grammar after them. */
  readonly states: tf.Tensor;
}

/** The first of the likeliest tokens, or a draw from softmax(logits / temperature), or what must come. */
export function chooseTokens(logits: tf.Tensor, choice: Choice, inputs: ChoiceInputs): Chosen {
  const { temperature, round, transitions, states } = inputs;
  const ofRound = (table: tf.Tensor): tf.Tensor => tf.gather(table, round); // [R]
  const forced = ofRound(inputs.forced);
  const { greedy, byGrammar = false, topK, topP } = choice;
  const following = byGrammar ? tf.gather(transitions, states) : null; // [R, V]
  let kept = greedy ? logits : tf.div(logits, temperature);
  if (following !== null) {
    kept = hide(kept, tf.less(following, tf.scalar(0, 'int32')));
  }
  if (topK !== undefined) kept = likeliest(kept, topK);
  if (topP !== undefined) kept = nucleus(kept, topP);
  const free = greedy ? tf.argMax(kept, -1) : draw(tf.softmax(kept), ofRound(inputs.uniforms));
  const tokens = tf.where(tf.less(forced, tf.scalar(0, 'int32')), free, forced); // int32 [R]
  const isChosen = tf.oneHot(tokens, logits.shape[1]!); // [R, V]
  const at = (table: tf.Tensor): tf.Tensor =>
    tf.sum(tf.mul(table, tf.cast(isChosen, table.dtype)), 1);
  return {
    tokens,
    logProbs: at(tf.logSoftmax(logits)),
    // Behind the end, and where the grammar was not kept to, anything is as good.
    states: following === null ? states : tf.maximum(at(following), tf.scalar(0, 'int32')),
  };
}

/** Inverts the cumulative distribution of each row: the first token at which it exceeds the draw. */
function draw(probabilities: tf.Tensor, uniforms: tf.Tensor): tf.Tensor {
  const [rows, vocabSize] = probabilities.shape as [number, number];
  const cumulative = tf.cumsum(probabilities, 1);
  const total = tf.slice(cumulative, [0, vocabSize - 1], [rows, 1]);
  const reached = tf.lessEqual(cumulative, tf.mul(tf.reshape(uniforms, [rows, 1]), total));
  return tf.sum(tf.cast(reached, 'int32'), 1);
}

function likeliest(logits: tf.Tensor, k: number): tf.Tensor {
  const [rows, vocabSize] = logits.shape as [number, number];
  if (k >= vocabSize) return logits;
  const { values } = tf.topk(logits, k);
  return hideBelow(logits, tf.slice(values, [0, k - 1], [rows, 1]));
}

function nucleus(logits: tf.Tensor, share: number): tf.Tensor {
  const [, vocabSize] = logits.shape as [number, number];
  const { values } = tf.topk(logits, vocabSize);
  const before = tf.cumsum(tf.softmax(values), 1, true);
  // The last one needed is the smallest of those before which the share was not reached yet.
  const needed = tf.sum(tf.cast(tf.less(before, share), 'int32'), 1);
  const isLast = tf.oneHot(tf.sub(needed, tf.scalar(1, 'int32')), vocabSize);
  // By its place, since values that are hidden already leave no room for hiding others above them.
  const smallest = tf.sum(tf.mul(values, tf.cast(isLast, 'float32')), 1, true);
  return hideBelow(logits, smallest);
}

function hideBelow(logits: tf.Tensor, smallest: tf.Tensor): tf.Tensor {
  return hide(logits, tf.less(logits, smallest));
}

function hide(logits: tf.Tensor, hidden: tf.Tensor): tf.Tensor {
  return tf.add(logits, tf.mul(tf.cast(hidden, 'float32'), HIDDEN));
}
