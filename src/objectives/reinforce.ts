/**
 * REINFORCE (Williams 1992, eq. 11): log-probabilities weighted by how much better a response was than
 * expected. Advantages are a column that was computed before, so a baseline of any kind serves.
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { tokenLogProbs } from './logProbs.ts';
import { defineObjective } from './objective.ts';

export const reinforce = defineObjective(z.strictObject({}), () => ({
  groupSize: 1,
  tokenColumns: ['weight', 'predicted', 'advantage'],
  rowColumns: [],
  logged: [],
  keptLogits: 4,
  loss({ logits }, { targets, tokens }) {
    const weights = tf.mul(tf.mul(tokens['weight']!, tokens['predicted']!), tokens['advantage']!);
    return [tf.neg<tf.Scalar>(tf.sum(tf.mul(tokenLogProbs(logits, targets), weights)))];
  },
}));
