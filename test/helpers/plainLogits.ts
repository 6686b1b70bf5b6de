/** What a model says of a response, all of its positions computed at once. */
import * as tf from '@tensorflow/tfjs-core';
import { paddingMask } from '../../src/model/masks.ts';
import {
  causalAttention,
  decode,
  encode,
  readMemory,
  type Model,
} from '../../src/model/transformer.ts';
import { BOS, EOS } from '../../traces/vocabulary.ts';

/** Logits at each position after `response`, and before it. */
export function plainLogits(
  model: Model,
  prompt: readonly number[],
  response: readonly number[],
): number[][] {
  return tf.tidy(() => {
    const ids = [BOS, ...prompt, EOS];
    const memoryMask = paddingMask([ids.length], ids.length);
    const encoded = encode(model, tf.tensor2d([ids], undefined, 'int32'), memoryMask);
    const tokens = [BOS, ...response];
    const logits = decode(model, tf.tensor2d([tokens], undefined, 'int32'), {
      memory: readMemory(model, encoded),
      memoryMask,
      selfAttention: causalAttention(model, tokens.length),
    });
    return tf.reshape(logits, [tokens.length, -1]).arraySync() as number[][];
  });
}

/** ln p of each of its tokens. */
export function plainLogProbs(
  model: Model,
  prompt: readonly number[],
  response: readonly number[],
): number[] {
  const logits = plainLogits(model, prompt, response);
  return response.map((token, i) => {
    const sum = logits[i]!.reduce((total, logit) => total + Math.exp(logit), 0);
    return logits[i]![token]! - Math.log(sum);
  });
}
