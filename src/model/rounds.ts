/** The end of a round of decoding: what was said is noted, and rows end. */
import * as tf from '@tensorflow/tfjs-core';
import type { Carried, Fixed } from './decodingInputs.ts';
import type { Chosen } from './sampling.ts';

export interface RoundInputs {
  readonly carried: Pick<Carried, 'round' | 'ended' | 'chosen' | 'logProbs'>;
  readonly fixed: Pick<Fixed, 'column' | 'start' | 'end' | 'maxTokens' | 'limit' | 'enough'>;
}

/** Notes what was chosen, ends rows that said the end or are as long as may be, and asks for another round. */
export function endRound(
  { tokens, logProbs }: Pick<Chosen, 'tokens' | 'logProbs'>,
  { carried, fixed }: RoundInputs,
): Pick<Carried, 'again' | 'round' | 'ended' | 'chosen' | 'logProbs'> {
  const one = tf.scalar(1, 'int32');
  const round = tf.add(carried.round, one);
  const begun = tf.reshape(fixed.start, tokens.shape);
  const length = tf.sub(tf.add(fixed.column, round), begun); // [R]
  const ended = [tf.equal(tokens, fixed.end), tf.greaterEqual(length, fixed.maxTokens)].reduce(
    (any, one) => tf.logicalOr(any, one),
    carried.ended,
  );
  const write = (table: tf.Tensor, row: tf.Tensor): tf.Tensor =>
    tf.tensorScatterUpdate(table, tf.reshape(carried.round, [1, 1]), tf.reshape(row, [1, -1]));
  return {
    again: tf.logicalAnd(
      tf.less(round, fixed.limit),
      tf.less(tf.sum(tf.cast(ended, 'int32')), fixed.enough),
    ),
    round,
    ended,
    chosen: write(carried.chosen, tokens),
    logProbs: write(carried.logProbs, logProbs),
  };
}
