import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { MODEL_SIZES, modelConfig } from '../../../src/model/config.ts';
import { initialParams, paramCount, paramSpecs, sizeOf } from '../../../src/model/params.ts';
import { splitParams } from '../../../src/model/paramTensors.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { smallConfig } from '../../helpers/models.ts';

beforeAll(startTestBackend);

describe('parameters', () => {
  it.each(Object.entries(MODEL_SIZES))(
    'of %s are as many as the layers of the paper need',
    (_, shape) => {
      const { dim, encoderLayers, decoderLayers, ffnDim } = shape;
      const vocabSize = 950;
      const feedForward = 3 * dim * ffnDim + dim;
      const attention = 4 * dim * dim + dim;
      const expected =
        encoderLayers * (attention + feedForward) +
        decoderLayers * (2 * attention + feedForward) +
        3 * dim * vocabSize +
        dim * dim +
        2 * dim;
      expect(paramCount(modelConfig(shape, vocabSize))).toBe(expected);
    },
  );

  it('of s on 30×30 mazes are 6.8 million', () => {
    expect(paramCount(modelConfig('s', 938))).toBe(6_776_448);
  });

  it('split from the flat vector keep their order and values', () => {
    tf.tidy(() => {
      const flat = initialParams(smallConfig, createRng(3));
      const params = splitParams(smallConfig, tf.tensor1d(flat));
      const joined = paramSpecs(smallConfig).flatMap(({ name }) => [...params[name]!.dataSync()]);
      expect(joined).toEqual([...flat]);
    });
  });

  it('start as PyTorch starts them', () => {
    const config = modelConfig('tiny', 400);
    const flat = initialParams(config, createRng(5));
    let offset = 0;
    for (const spec of paramSpecs(config)) {
      const values = flat.subarray(offset, (offset += sizeOf(spec)));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      const bound = 1 / Math.sqrt(spec.shape[0]!);
      if (spec.init === 'ones') {
        expect(new Set(values)).toEqual(new Set([1]));
      } else if (spec.init === 'embedding') {
        expect(variance).toBeCloseTo(1, 1);
      } else {
        expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound * 1.000001);
        expect(variance / (bound ** 2 / 3)).toBeCloseTo(1, 1);
      }
    }
  });

  it('with one seed are the same, with another are not', () => {
    const weights = (seed: number): Float32Array => initialParams(smallConfig, createRng(seed));
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });
});

describe('a shape that can not be built', () => {
  it.each([
    [{ dim: 10, encoderLayers: 1, decoderLayers: 1, heads: 3, ffnDim: 8 }, /heads/],
    [{ dim: 9, encoderLayers: 1, decoderLayers: 1, heads: 3, ffnDim: 8 }, /even/],
  ])('%j is named', (shape, message) => {
    expect(() => modelConfig(shape, 10)).toThrow(message);
  });
});
