/**
 * Direct preference optimisation (Rafailov et al. 2023, eq. 7) on pairs of a chosen and a rejected response,
 * with the length-normalised log-likelihood of the chosen one that iterative reasoning preference
 * optimisation adds (Pang et al. 2024, arXiv 2404.19733, eq. 1).
 *
 * A response's log-probability is the sum over its own tokens, forced ones left out. The reference's is a
 * column that was computed before.
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { rowSums, tokenLogProbs } from './logProbs.ts';
import { defineObjective } from './objective.ts';

const settings = z.strictObject({
  /** How strongly the policy is held to its reference. */
  beta: z.number().positive().default(0.1),
  /** Weight of the chosen response's log-likelihood per token; 0 is DPO alone. */
  alpha: z.number().min(0).default(1),
});

export const preference = defineObjective(settings, ({ beta, alpha }) => ({
  groupSize: 2,
  tokenColumns: ['predicted'],
  rowColumns: ['share', 'referenceLogProb'],
  logged: ['chosenLogProb', 'rejectedLogProb', 'preferred'],
  keptLogits: 4,
  loss({ logits }, { targets, tokens, rows }) {
    const predicted = tokens['predicted']!;
    const logProbs = rowSums(tokenLogProbs(logits, targets), predicted); // [B]
    const [chosen, rejected] = pairsOf(logProbs); // [B / 2] each
    const [gain, loss] = pairsOf(tf.sub(logProbs, rows['referenceLogProb']!));
    const [length] = pairsOf(tf.sum(predicted, -1));
    const margin = tf.mul(tf.sub(gain!, loss!), beta);
    const likelihood = tf.div(chosen!, tf.maximum(length!, 1));
    const losses = tf.sub(tf.softplus(tf.neg(margin)), tf.mul(likelihood, alpha));
    // A pair weighs as much as its two rows.
    const weights = tf.mul(pairsOf(rows['share']!)[0]!, 2);
    const mean = (values: tf.Tensor): tf.Scalar => tf.sum(tf.mul(values, weights));
    return [
      mean(losses),
      mean(chosen!),
      mean(rejected!),
      mean(tf.cast(tf.greater(margin, 0), 'float32')),
    ];
  },
}));

/** The values [B] of the first and of the second row of each pair, [B / 2] each. */
function pairsOf(values: tf.Tensor): tf.Tensor[] {
  return tf.unstack(tf.reshape(values, [-1, 2]), 1);
}
