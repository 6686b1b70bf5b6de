import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/backends.ts';
import { canRecord, recordProgram, type ProgramFunction } from '../../../src/engine/program.ts';
import { expectClose, expectNoLeak } from '../../helpers/tensors.ts';

const { name } = await startBackend();

it('only the native backend records', () => {
  expect(canRecord()).toBe(name === 'tensorflow');
});

describe.runIf(name === 'tensorflow')('a program', () => {
  let x: tf.Tensor2D;
  let y: tf.Tensor1D;
  beforeAll(() => {
    x = tf.randomNormal([8, 3], 0, 1, 'float32', 1);
    y = tf.randomNormal([8], 0, 1, 'float32', 2);
  });

  const descend = (weights: tf.Variable<tf.Rank.R1>): ProgramFunction => ({
    name: 'descend',
    inputs: [tf.zeros([8, 3]), tf.zeros([8]), tf.scalar(0)],
    body: ([x, y, rate]) => {
      const loss = (w: tf.Tensor): tf.Scalar => tf.mean(tf.square(tf.sub(tf.dot(x!, w), y!)));
      const { value, grad } = tf.valueAndGrad(loss)(weights);
      weights.assign(tf.sub(weights, tf.mul(rate!, grad)));
      return [value];
    },
  });

  it('computes what its functions compute, call after call, and keeps its variables', () => {
    const weights = tf.variable(tf.tensor1d([1, 2, 3]));
    const func = descend(weights);
    const program = recordProgram([weights], [func]);
    expect([...weights.dataSync()]).toEqual([1, 2, 3]);
    for (const rate of [0.1, 0.01, 0.3, 0.05]) {
      const inputs = [x, y, tf.scalar(rate)];
      const [loss] = program.call('descend', inputs);
      const [expected] = tf.tidy(() => func.body(inputs)[0]!.dataSync());
      expectClose(loss!, [expected!]);
      expectClose(program.read()[0]!, weights.dataSync());
    }
    program.dispose();
  });

  it('shares its variables among its functions', () => {
    const total = tf.variable(tf.scalar(5));
    const add: ProgramFunction = {
      name: 'add',
      inputs: [tf.scalar(0)],
      body: ([amount]) => {
        total.assign(tf.add(total, amount!));
        return [total];
      },
    };
    const twice: ProgramFunction = { name: 'twice', inputs: [], body: () => [tf.mul(total, 2)] };
    const program = recordProgram([total], [add, twice]);
    expect([...program.call('add', [tf.scalar(3)])[0]!]).toEqual([8]);
    expect([...program.call('twice', [])[0]!]).toEqual([16]);
    program.dispose();
  });

  it('has variables of its own', () => {
    const weights = tf.variable(tf.tensor1d([1, 2, 3]));
    const [a, b] = [0, 1].map(() => recordProgram([weights], [descend(weights)]));
    a!.call('descend', [x, y, tf.scalar(0.1)]);
    expect([...b!.read()[0]!]).toEqual([1, 2, 3]);
    expect([...a!.read()[0]!]).not.toEqual([1, 2, 3]);
    for (const program of [a!, b!]) program.dispose();
  });

  it('refuses what it can not know again: tensors made before, unknown functions', () => {
    const total = tf.variable(tf.scalar(5));
    const before = tf.scalar(3);
    tf.add(before, 1);
    const body = (): tf.Tensor[] => [tf.add(total, before)];
    expect(() => recordProgram([total], [{ name: 'f', inputs: [], body }])).toThrow(
      /made before the recording/,
    );
    const idle: ProgramFunction = { name: 'idle', inputs: [], body: () => [] };
    expect(() => recordProgram([total], [idle])).toThrow(/idle returns nothing/);
    const program = recordProgram([total], []);
    expect(() => program.call('g', [])).toThrow(/no function g/);
    program.dispose();
  });

  it('leaves no tensor behind', async () => {
    await expectNoLeak(() => {
      tf.tidy(() => {
        const weights = tf.variable(tf.tensor1d([1, 2, 3]));
        const program = recordProgram([weights], [descend(weights)]);
        program.call('descend', [x, y, tf.scalar(0.1)]);
        program.dispose();
        weights.dispose();
      });
    });
  });
});
