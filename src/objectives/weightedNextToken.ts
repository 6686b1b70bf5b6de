/** Cross-entropy of the next token in which each token has a weight of its own, besides its row's. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { weightedCrossEntropy } from './nextToken.ts';
import { defineObjective } from './objective.ts';

const settings = z.strictObject({});

export const weightedNextToken = defineObjective(settings, () => ({
  groupSize: 1,
  tokenColumns: ['weight', 'tokenWeight'],
  rowColumns: [],
  logged: [],
  keptLogits: 4,
  loss: ({ logits }, { targets, tokens }) => [
    weightedCrossEntropy(logits, targets, tf.mul(tokens['weight']!, tokens['tokenWeight']!)),
  ],
}));
