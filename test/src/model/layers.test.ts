import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { embed, rmsNorm, rotate, rotation, swiGlu } from '../../../src/model/layers.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { expectAllclose, expectClose } from '../../helpers/tensors.ts';

beforeAll(startTestBackend);

describe('hand-written gradients are those of the plain formulas', () => {
  it('rmsNorm', () => {
    const plain = (x: tf.Tensor, gain: tf.Tensor): tf.Tensor =>
      tf.mul(tf.div(x, tf.sqrt(tf.add(tf.mean(tf.mul(x, x), -1, true), 1e-5))), gain);
    expectSameGradients(rmsNorm, plain, [random([2, 3, 4], 1), random([4], 2)]);
  });

  it('swiGlu', () => {
    const plain = (x: tf.Tensor, gateUp: tf.Tensor, down: tf.Tensor): tf.Tensor => {
      const rows = tf.reshape<tf.Rank.R2>(x, [-1, 4]);
      const gate = tf.matMul(rows, tf.slice(gateUp, [0, 0], [4, 6]) as tf.Tensor2D);
      const up = tf.matMul(rows, tf.slice(gateUp, [0, 6], [4, 6]) as tf.Tensor2D);
      const hidden = tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);
      return tf.reshape(tf.matMul(hidden, down as tf.Tensor2D), x.shape);
    };
    const inputs = [random([2, 3, 4], 3), random([4, 12], 4), random([6, 4], 5)];
    expectSameGradients(swiGlu, plain, inputs);
  });

  it('rotate', () => {
    const positions = rotation(4, tf.tensor1d([2, 3, 4], 'int32'));
    const plain = (x: tf.Tensor): tf.Tensor => {
      const [a0, b0, a1, b1] = tf.split(x, 4, -1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const angle = (pair: number): tf.Tensor =>
        tf.tensor(
          [2, 3, 4].map((at) => at * 10_000 ** (-pair / 2)),
          [3, 1],
        );
      const turn = (a: tf.Tensor, b: tf.Tensor, pair: number): tf.Tensor[] => [
        tf.sub(tf.mul(a, tf.cos(angle(pair))), tf.mul(b, tf.sin(angle(pair)))),
        tf.add(tf.mul(a, tf.sin(angle(pair))), tf.mul(b, tf.cos(angle(pair)))),
      ];
      return tf.concat([...turn(a0, b0, 0), ...turn(a1, b1, 1)], -1);
    };
    expectSameGradients((x) => rotate(x, positions), plain, [random([2, 3, 4], 6)]);
  });

  it('embed adds up the gradients of a token that occurs twice', () => {
    const ids = tf.tensor2d([[1, 2, 1]], [1, 3], 'int32');
    const table = random([4, 2], 7);
    const gradient = tf.grad((table) => embed(table, ids))(table);
    expectClose(gradient.dataSync(), [0, 0, 2, 2, 1, 1, 0, 0]);
    const row = Array.from(table.dataSync().subarray(2, 4));
    expect(Array.from(embed(table, ids).dataSync().subarray(0, 2))).toEqual(row);
  });
});

describe('rotary positions', () => {
  it('make the product of query and key depend on their distance only', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 50 }),
        fc.nat({ max: 50 }),
        fc.nat({ max: 50 }),
        (at, distance, shift) => {
          const [query, key] = [random([1, 8], at), random([1, 8], distance + 100)];
          const product = (from: number): Float32Array =>
            tf.tidy(() => {
              const turned = (x: tf.Tensor, at: number): tf.Tensor =>
                rotate(x, rotation(8, tf.tensor1d([at], 'int32')));
              return tf.sum(tf.mul(turned(query, from + distance), turned(key, from))).dataSync();
            }) as Float32Array;
          expectClose(product(at), product(at + shift), { absolute: 1e-4 });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are exact to single precision however late they are', () => {
    const { cos, sin } = rotation(4, tf.range(0, 10_001, 1, 'int32'));
    for (const at of [0, 1, 255, 256, 257, 4_095, 10_000]) {
      for (const pair of [0, 1]) {
        const angle = at * 10_000 ** (-pair / 2);
        const of = (table: tf.Tensor2D): number => table.bufferSync().get(at, 2 * pair);
        expectClose([of(cos), of(sin)], [Math.cos(angle), Math.sin(angle)], { absolute: 3e-7 });
      }
    }
  });

  it('keep lengths', () => {
    const x = random([5, 6], 8);
    expectAllclose(
      tf.norm(rotate(x, rotation(6, tf.range(17, 22, 1, 'int32'))), 2, 1),
      tf.norm(x, 2, 1),
    );
  });
});

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed + 1);
}

type Layer = (...inputs: [tf.Tensor, tf.Tensor, tf.Tensor]) => tf.Tensor;

function expectSameGradients(layer: Layer, plain: Layer, inputs: tf.Tensor[]): void {
  const outputOf = (of: Layer): tf.Tensor => of(...(inputs as Parameters<Layer>));
  expectAllclose(outputOf(layer), outputOf(plain));
  const dy = random(outputOf(plain).shape, 99);
  const gradients = (of: Layer): tf.Tensor[] =>
    tf.grads((...xs: tf.Tensor[]) => of(...(xs as Parameters<Layer>)))(inputs, dy);
  const expected = gradients(plain);
  gradients(layer).forEach((gradient, i) => expectAllclose(gradient, expected[i]!));
}
