import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { padded, type Sequence, splitBatch } from '../../../src/data/batch.ts';
import {
  AT_ONCE,
  attentionBlocks,
  type AttentionBlocks,
} from '../../../src/model/attentionBlocks.ts';
import type { Model } from '../../../src/model/transformer.ts';
import { initialParams } from '../../../src/model/params.ts';
import { splitParams } from '../../../src/model/paramTensors.ts';
import { nextToken, weightedCrossEntropy } from '../../../src/objectives/nextToken.ts';
import { lossInputs, outputsOf } from '../../../src/training/objectiveInputs.ts';
import type { TokenBatch } from '../../../src/training/objectiveInputs.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { ladder, sequences } from '../../helpers/batches.ts';
import { randomBatch, SMALL_VOCABULARY, smallConfig } from '../../helpers/models.ts';
import { expectAllclose, expectClose, expectCloseToLargest } from '../../helpers/tensors.ts';

beforeAll(startTestBackend);

describe('the loss', () => {
  it('is the mean over sequences of the mean over their tokens', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), (seed) => {
        const batch = randomBatch(seed);
        const logits = randomLogits(seed, batch.B, batch.T - 1);
        const { targets, weights } = read(batch);
        const loss = weightedCrossEntropy(logits, targets, weights).dataSync();
        const values = logits.dataSync();
        const perSequence = Array.from(batch.responseLengths, (length, row) => {
          let sum = 0;
          for (let at = 1; at < length; at++) {
            const from = (row * (batch.T - 1) + at - 1) * SMALL_VOCABULARY;
            const own = [...values.subarray(from, from + SMALL_VOCABULARY)];
            const total = own.reduce((all, logit) => all + Math.exp(logit), 0);
            sum -= own[batch.response[row * batch.T + at]!]! - Math.log(total);
          }
          return sum / (length - 1);
        });
        expectClose(loss, [perSequence.reduce((a, b) => a + b) / batch.B]);
      }),
      { numRuns: 300 },
    );
  });

  it('has the gradient of the plain formula', () => {
    const batch = randomBatch(3);
    const { targets, weights } = read(batch);
    const logits = randomLogits(4, batch.B, batch.T - 1);
    const plain = (logits: tf.Tensor): tf.Scalar =>
      tf.neg(
        tf.sum(
          tf.mul(
            tf.mul(tf.oneHot(targets, SMALL_VOCABULARY), tf.expandDims(weights, -1)),
            tf.log(tf.softmax(logits)),
          ),
        ),
      );
    const own = tf.grad((x: tf.Tensor) => weightedCrossEntropy(x, targets, weights))(logits);
    expectAllclose(own, tf.grad(plain)(logits));
  });

  it('does not see what stands in the padding', () => {
    const batch = randomBatch(5);
    const other = { ...batch, prompt: batch.prompt.slice(), response: batch.response.slice() };
    for (let row = 0; row < batch.B; row++) {
      other.prompt.fill(7, row * batch.P + batch.promptLengths[row]!, (row + 1) * batch.P);
      other.response.fill(7, row * batch.T + batch.responseLengths[row]!, (row + 1) * batch.T);
    }
    expect(other.prompt).not.toEqual(batch.prompt);
    expectClose([lossOf(other)], [lossOf(batch)]);
  });

  it('of a long sequence in blocks has the gradient of a short one that it begins with', () => {
    const short = randomBatch(9, { B: 1, T: 30 });
    const long = randomBatch(10, { B: 1, T: 2100 });
    long.response.set(short.response);
    const { prompt, promptLengths, responseLengths, weights } = short;
    const padded = { ...long, prompt, promptLengths, responseLengths, weights };
    const params = tf.tensor1d(initialParams(smallConfig, createRng(6)));
    const blocks = attentionBlocks(short.P, long.T - 1);
    expect(blocks).toEqual({ encoder: 1, decoder: 8, cross: 1 });
    const [own, expected] = [
      [padded, blocks],
      [short, AT_ONCE],
    ].map(([batch, blocks]) =>
      tf.valueAndGrad((flat: tf.Tensor) => {
        const named = splitParams(smallConfig, flat as tf.Tensor1D);
        const model = { config: smallConfig, params: named, blocks: blocks as AttentionBlocks };
        return lossBy(model, batch as TokenBatch);
      })(params),
    );
    expectAllclose(own!.value, expected!.value);
    expectCloseToLargest(own!.grad.dataSync(), expected!.grad.dataSync());
  });

  it('of a batch is the sum of the losses of its parts', () => {
    fc.assert(
      fc.property(sequences, ladder, fc.integer({ min: 1, max: 6 }), (rows, ladder, parts) => {
        const batch = padded(rows.map(toSmallVocabulary), { ladder, meanPredicted: null });
        const losses = splitBatch(batch, parts).map(lossOf);
        expectClose([losses.reduce((a, b) => a + b)], [lossOf(batch)]);
      }),
      { numRuns: 20 },
    );
  });
});

const OBJECTIVE = nextToken.create();

function read(batch: TokenBatch): { targets: tf.Tensor; weights: tf.Tensor } {
  const { targets, tokens } = lossInputs(batch, OBJECTIVE);
  return { targets, weights: tokens['weight']! };
}

function lossBy(model: Model, batch: TokenBatch): tf.Scalar {
  const inputs = lossInputs(batch, OBJECTIVE, model.blocks);
  return OBJECTIVE.loss(outputsOf(model, inputs), inputs)[0];
}

function lossOf(batch: TokenBatch): number {
  return tf.tidy(() => {
    const flat = tf.tensor1d(initialParams(smallConfig, createRng(6)));
    const model = { config: smallConfig, params: splitParams(smallConfig, flat) };
    return lossBy(model, batch).dataSync()[0]!;
  });
}

function toSmallVocabulary({ prompt, reasoning, plan, ...rest }: Sequence): Sequence {
  const small = (ids: Uint16Array): Uint16Array => ids.map((id) => id % SMALL_VOCABULARY);
  return { ...rest, prompt: small(prompt), reasoning: small(reasoning), plan: small(plan) };
}

function randomLogits(seed: number, rows: number, length: number): tf.Tensor {
  return tf.randomNormal([rows, length, SMALL_VOCABULARY], 0, 2, 'float32', seed + 1);
}
