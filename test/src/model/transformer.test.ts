import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { paddingMask } from '../../../src/model/masks.ts';
import { causalAttention, decode, encode, readMemory } from '../../../src/model/transformer.ts';
import type { Model } from '../../../src/model/transformer.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { SMALL_VOCABULARY, smallModel } from '../../helpers/models.ts';
import { expectAllclose } from '../../helpers/tensors.ts';

beforeAll(startTestBackend);

const tokens = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: SMALL_VOCABULARY - 1 }), { minLength: length, maxLength: length });
const modelSeed = fc.nat({ max: 1000 });

describe('logits', () => {
  it('at a position ignore the tokens behind it', () => {
    fc.assert(
      fc.property(modelSeed, tokens(4), tokens(7), tokens(7), fc.nat({ max: 6 }), (...drawn) => {
        const [seed, prompt, response, other, at] = drawn;
        tf.tidy(() => {
          const model = smallModel(seed);
          const changed = [...response.slice(0, at + 1), ...other.slice(at + 1)];
          const seen = (ids: number[]): tf.Tensor =>
            tf.slice(logitsOf(model, prompt, ids), [0, 0, 0], [1, at + 1, SMALL_VOCABULARY]);
          expectAllclose(seen(changed), seen(response));
        });
      }),
      { numRuns: 100 },
    );
  });

  it('do not change with padding of prompt or response', () => {
    fc.assert(
      fc.property(modelSeed, tokens(4), tokens(5), tokens(3), tokens(2), (...drawn) => {
        const [seed, prompt, response, behindPrompt, behindResponse] = drawn;
        tf.tidy(() => {
          const model = smallModel(seed);
          const padded = logitsOf(
            model,
            [...prompt, ...behindPrompt],
            [...response, ...behindResponse],
            4,
          );
          const own = tf.slice(padded, [0, 0, 0], [1, 5, SMALL_VOCABULARY]);
          expectAllclose(own, logitsOf(model, prompt, response));
        });
      }),
      { numRuns: 100 },
    );
  });

  it('depend on the prompt and on the order of its tokens', () => {
    tf.tidy(() => {
      const model = smallModel(1);
      const first = logitsOf(model, [1, 2, 3], [0, 4]).dataSync();
      expect(logitsOf(model, [2, 1, 3], [0, 4]).dataSync()).not.toEqual(first);
    });
  });
});

function memoryOf(model: Model, prompt: number[], visible = prompt.length) {
  const memoryMask = paddingMask([visible], prompt.length);
  const memory = readMemory(
    model,
    encode(model, tf.tensor2d([prompt], undefined, 'int32'), memoryMask),
  );
  return { memory, memoryMask };
}

function logitsOf(model: Model, prompt: number[], response: number[], visible?: number): tf.Tensor {
  return decode(model, tf.tensor2d([response], undefined, 'int32'), {
    ...memoryOf(model, prompt, visible),
    selfAttention: causalAttention(model, response.length),
  });
}
