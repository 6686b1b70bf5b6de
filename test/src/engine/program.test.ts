import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/backends.ts';
import { canRecord, createProgram, eagerProgram } from '../../../src/engine/program.ts';
import type { Part, ProgramFunction } from '../../../src/engine/program.ts';
import { expectClose, expectNoLeak } from '../../helpers/tensors.ts';

const { name } = await startBackend();

it('only the native backend records', () => {
  expect(canRecord()).toBe(name === 'tensorflow');
});

const x = tf.randomNormal([8, 3], 0, 1, 'float32', 1);
const y = tf.randomNormal([8], 0, 1, 'float32', 2);

describe.each([
  ['recorded', createProgram],
  ['run operation by operation', eagerProgram],
])('a program %s', (_, create) => {
  const start = (): tf.Variable<tf.Rank.R1> => tf.variable(tf.tensor1d([1, 2, 3]));
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
    const [weights, own] = [start(), start()];
    const func = descend(weights);
    const program = create([own], [descend(own)]);
    expect([...program.read()[0]!]).toEqual([1, 2, 3]);
    for (const rate of [0.1, 0.01, 0.3, 0.05]) {
      const inputs = [x, y, tf.scalar(rate)];
      const [loss] = program.call('descend', inputs);
      const [expected] = tf.tidy(() => func.body(inputs, [])[0]!.dataSync());
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
    const program = create([total], [add, twice]);
    expect([...program.call('add', [tf.scalar(3)])[0]!]).toEqual([8]);
    expect([...program.call('twice', [])[0]!]).toEqual([16]);
    program.dispose();
  });

  it('refuses unknown functions and other numbers of parts', () => {
    const program = create([], [{ name: 'f', inputs: [], body: () => [tf.scalar(1)] }]);
    expect(() => program.call('g', [])).toThrow(/no function g/);
    expect(() => program.call('f', [], [[x]])).toThrow(/f takes 0 parts, not 1/);
    program.dispose();
  });

  it('leaves no tensor behind', async () => {
    await expectNoLeak(() => {
      tf.tidy(() => {
        const weights = start();
        const program = create([weights], [descend(weights)]);
        program.call('descend', [x, y, tf.scalar(0.1)]);
        program.dispose();
      });
    });
  });

  it('computes parts of any sizes, each from inputs of its own', () => {
    // Reshapes, ranges, fills and gradients of sums have the sizes in their constants.
    const part: Part = {
      count: 2,
      smallest: { rows: 2, length: 2 },
      inputs: ({ rows, length }) => [tf.zeros([rows!, length!, 3])],
      body: ([x]) => {
        const [rows, length] = x!.shape as [number, number, number];
        const loss = (x: tf.Tensor): tf.Scalar => {
          const flat = tf.reshape(x, [rows * length, 3]);
          const places = tf.cast(tf.range(0, length, 1, 'int32'), 'float32');
          const placed = tf.add(tf.reshape(flat, [rows, length, 3]), tf.reshape(places, [-1, 1]));
          const padded = tf.concat([placed, tf.ones([rows, length, 1])], -1);
          return tf.sum(tf.square(padded));
        };
        const { value, grad } = tf.valueAndGrad(loss)(x!);
        return [value, tf.sum(tf.reshape(grad, [-1, 3]), 0)];
      },
    };
    const sums: ProgramFunction = {
      name: 'sums',
      part,
      inputs: [tf.scalar(0)],
      body: ([scale], [a, b]) => [tf.mul(a![0]!, scale!), tf.add(a![1]!, b![1]!), b![0]!],
    };
    const program = create([], [sums]);
    const size = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(size, size), { minLength: 2, maxLength: 2 }), (sizes) => {
        tf.tidy(() => {
          const parts = sizes.map(([rows, length], i) => [
            tf.randomNormal([rows, length, 3], 0, 1, 'float32', i + 1),
          ]);
          const expected = sums.body(
            [tf.scalar(2)],
            parts.map((own) => part.body(own)),
          );
          const outputs = program.call('sums', [tf.scalar(2)], parts);
          outputs.forEach((own, i) =>
            expectClose(own, expected[i]!.dataSync(), { relative: 1e-4 }),
          );
        });
      }),
      { numRuns: 50 },
    );
    program.dispose();
  });
});

describe.runIf(name === 'tensorflow')('recording refuses', () => {
  const partOf = (body: Part['body']): ProgramFunction => ({
    name: 'f',
    part: { count: 1, smallest: { n: 2 }, inputs: ({ n }) => [tf.zeros([n!])], body },
    inputs: [],
    body: (_, [part]) => [tf.sum(part![0]!)],
  });
  const expectRefusal = (
    func: ProgramFunction,
    message: RegExp,
    variables: tf.Variable[] = [],
  ): void => {
    expect(() => createProgram(variables, [func])).toThrow(message);
  };

  it('tensors that were made before', () => {
    const before = tf.scalar(3);
    tf.add(before, 1);
    const body = (): tf.Tensor[] => [tf.add(before, 1)];
    expectRefusal({ name: 'f', inputs: [], body }, /made before the recording/);
  });

  it('functions that return nothing', () => {
    expectRefusal({ name: 'idle', inputs: [], body: () => [] }, /idle returns nothing/);
  });

  it('numbers that depend on the sizes in a way that no graph can repeat', () => {
    expectRefusal(
      partOf(([x]) => [tf.mul(tf.sum(x!), 1 / x!.size)]),
      /constant Const_\d+ changes with the sizes/,
    );
    expectRefusal(
      partOf(([x]) => [tf.sum(tf.zeros([x!.size ** 2]))]),
      /constant Const_\d+ changes with the sizes/,
    );
  });

  it('other operations at other sizes', () => {
    expectRefusal(
      partOf(([x]) => [x!.size > 2 ? tf.sum(tf.neg(x!)) : tf.sum(x!)]),
      /is another one at sizes \{"n":3\}/,
    );
  });

  it('sizes that no input has, and outputs that depend on them', () => {
    expectRefusal(
      { ...partOf(([x]) => [x!]), part: { ...partOf(([x]) => [tf.neg(x!)]).part! } },
      /output of a part depends on the sizes/,
    );
    const hidden = partOf(([x]) => [tf.sum(x!)]);
    expectRefusal(
      { ...hidden, part: { ...hidden.part!, inputs: () => [tf.zeros([4])] } },
      /no input has an axis that is a multiple of the size n/,
    );
  });

  it('parts that assign variables', () => {
    const total = tf.variable(tf.scalar(1));
    expectRefusal(
      partOf(([x]) => {
        total.assign(tf.add(total, 1));
        return [tf.sum(x!)];
      }),
      /a part assigns a variable/,
      [total],
    );
  });
});
