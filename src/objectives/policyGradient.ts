/**
 * The clipped policy gradient of PPO (Schulman et al. 2017, eq. 7) with a penalty for leaving a reference
 * (GRPO: Shao et al. 2024, eq. 3 and 4, whose estimate of the divergence is never negative).
 *
 * Log-probabilities of the policy that drew the responses, of the reference, and advantages are columns that
 * were computed before. Tokens weigh what their rows' weighting says: by sequence as in GRPO, by token
 * as in PPO.
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { tokenLogProbs } from './logProbs.ts';
import { defineObjective } from './objective.ts';

const settings = z.strictObject({
  /** How far the ratio of probabilities may leave 1 before it counts no more. */
  clip: z.number().positive().default(0.2),
  /** Weight of the divergence from the reference. */
  beta: z.number().min(0).default(0.04),
});

export const policyGradient = defineObjective(settings, ({ clip, beta }) => ({
  groupSize: 1,
  tokenColumns: ['weight', 'predicted', 'advantage', 'oldLogProb', 'referenceLogProb'],
  rowColumns: [],
  logged: ['divergence', 'clipped'],
  keptLogits: 4,
  loss({ logits }, { targets, tokens }) {
    const weights = tf.mul(tokens['weight']!, tokens['predicted']!);
    const sum = (values: tf.Tensor): tf.Scalar => tf.sum(tf.mul(values, weights));
    const logProbs = tokenLogProbs(logits, targets); // [B, N]
    const advantage = tokens['advantage']!;
    const ratio = tf.exp(tf.sub(logProbs, tokens['oldLogProb']!));
    const near = tf.clipByValue(ratio, 1 - clip, 1 + clip);
    const gain = tf.minimum(tf.mul(ratio, advantage), tf.mul(near, advantage));
    const gap = tf.sub(tokens['referenceLogProb']!, logProbs);
    const divergence = tf.sub(tf.sub(tf.exp(gap), gap), 1);
    const isClipped = tf.cast(tf.notEqual(ratio, near), 'float32');
    return [
      tf.sub<tf.Scalar>(tf.mul(sum(divergence), beta), sum(gain)),
      sum(divergence),
      sum(isClipped),
    ];
  },
}));
