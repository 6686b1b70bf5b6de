import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoop, eagerLoop, type LoopBody, type LoopInputs } from '../../../src/engine/loop.ts';
import { canRecord } from '../../../src/engine/program.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { expectClose, expectNoLeak } from '../../helpers/tensors.ts';

await startTestBackend();

const weights = (): tf.Variable =>
  tf.tidy(() =>
    tf.variable(
      tf.tensor2d([
        [0.5, 1],
        [-1, 0.5],
      ]),
    ),
  );

/** Writes x · weightsⁱ + shift into the i-th row of a table, until a limit. */
const powers = (variable: tf.Variable): LoopBody => ({
  smallest: { rows: 2, length: 3 },
  inputs: ({ rows, length }) => ({
    carried: [
      tf.scalar(true, 'bool'),
      tf.scalar(0, 'int32'),
      tf.zeros([rows!, 2]),
      tf.zeros([length!, rows!, 2]),
    ],
    fixed: [tf.scalar(1, 'int32'), tf.zeros([2])],
  }),
  body: ({ carried: [, i, x, table], fixed: [limit, shift] }) => {
    const next = tf.matMul(x!, variable);
    const row = tf.reshape(tf.add(next, shift!), [1, -1, 2]);
    const done = tf.add(i!, tf.scalar(1, 'int32'));
    const written = tf.tensorScatterUpdate(table!, tf.reshape(i!, [1, 1]), row);
    return [tf.less(done, limit!), done, next, written];
  },
});

function inputsOf(rows: number, length: number, limit: number): LoopInputs {
  return {
    carried: [
      tf.scalar(true, 'bool'),
      tf.scalar(0, 'int32'),
      tf.randomNormal([rows, 2], 0, 1, 'float32', 7),
      tf.zeros([length, rows, 2]),
    ],
    fixed: [tf.scalar(limit, 'int32'), tf.tensor1d([1, -1])],
  };
}

describe('a loop', () => {
  it('computes what its body does round by round, for inputs of any size', () => {
    const [own, others] = [weights(), weights()];
    const [loop, plain] = [createLoop([own], powers(own)), eagerLoop([others], powers(others))];
    const size = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(size, size, size, (rows, length, limit) => {
        tf.tidy(() => {
          const inputs = inputsOf(rows, Math.max(length, limit), limit);
          const before = inputs.carried.map((tensor) => tensor.dataSync().slice());
          const [results, expected] = [loop.run(inputs), plain.run(inputs)];
          expect(results.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
          results.forEach((result, i) => expectClose(result.dataSync(), expected[i]!.dataSync()));
          expect(results[1]!.dataSync()[0]).toBe(limit);
          // What is written in place is a copy of what was handed in.
          expect(inputs.carried.map((tensor) => tensor.dataSync())).toEqual(before);
        });
      }),
      { numRuns: 60 },
    );
    for (const each of [loop, plain]) each.dispose();
  });

  it('goes on from where it was', () => {
    const own = weights();
    const loop = createLoop([own], powers(own));
    tf.tidy(() => {
      const { carried, fixed } = inputsOf(3, 6, 6);
      const whole = loop.run({ carried, fixed });
      const [, ...half] = loop.run({ carried, fixed: [tf.scalar(2, 'int32'), fixed[1]!] });
      const rest = loop.run({ carried: [carried[0]!, ...half], fixed });
      rest.forEach((result, i) => expect(result.dataSync()).toEqual(whole[i]!.dataSync()));
    });
    loop.dispose();
  });

  it('does nothing if it is handed false', () => {
    const own = weights();
    const loop = createLoop([own], powers(own));
    tf.tidy(() => {
      const { carried, fixed } = inputsOf(2, 3, 3);
      const results = loop.run({ carried: [tf.scalar(false, 'bool'), ...carried.slice(1)], fixed });
      expect(results[1]!.dataSync()[0]).toBe(0);
      expect(results[2]!.dataSync()).toEqual(carried[2]!.dataSync());
    });
    loop.dispose();
  });

  it('leaves no tensor behind', async () => {
    await expectNoLeak(() => {
      const own = weights();
      const loop = createLoop([own], powers(own));
      tf.tidy(() => void loop.run(inputsOf(3, 4, 4)));
      loop.dispose();
    });
  });

  it.runIf(canRecord())('refuses bodies that hand something else on', () => {
    const own = weights();
    const { body, ...rest } = powers(own);
    const other = (change: (next: readonly tf.Tensor[]) => tf.Tensor[]): LoopBody => ({
      ...rest,
      body: (inputs) => change(body(inputs)),
    });
    const refused = (loop: LoopBody, message: RegExp): void =>
      expect(() => createLoop([own], loop)).toThrow(message);
    refused(
      other(([again, ...more]) => [tf.cast(again!, 'int32'), ...more]),
      /must be alike/,
    );
    refused(
      other(([again, i, x, table]) => [again!, i!, tf.sum(x!), table!]),
      /must be alike/,
    );
    refused(
      other((next) => next.slice(0, 3)),
      /must be alike/,
    );
    refused(
      {
        ...rest,
        inputs: () => ({ carried: [tf.scalar(1)], fixed: [] }),
        body: () => [tf.scalar(1)],
      },
      /must be a bool/,
    );
    own.dispose();
  });
});
