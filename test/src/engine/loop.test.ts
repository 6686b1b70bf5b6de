import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoop, eagerLoop } from '../../../src/engine/loop.ts';
import type { Loop, LoopBody, LoopInputs } from '../../../src/engine/loop.ts';
import { canRecord } from '../../../src/engine/program.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { expectClose, expectNoLeak } from '../../helpers/tensors.ts';

await startTestBackend();

const WEIGHTS = [
  [0.5, 1],
  [-1, 0.5],
];

/** Writes x · weightsⁱ + shift into the i-th row of a table, until a limit. */
const powers = (count = 1): LoopBody => ({
  count,
  smallest: { rows: 2, length: 3 },
  inputs: ({ rows, length }) => ({
    carried: [
      tf.scalar(true, 'bool'),
      tf.scalar(0, 'int32'),
      tf.zeros([rows!, 2]),
      tf.zeros([length!, rows!, 2]),
    ],
    fixed: [tf.tensor2d(WEIGHTS), tf.scalar(1, 'int32'), tf.zeros([2])],
  }),
  body: ({ carried: [, i, x, table], fixed: [weights, limit, shift] }) => {
    const next = tf.matMul(x!, weights as tf.Tensor2D);
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
    fixed: [tf.tensor2d(WEIGHTS), tf.scalar(limit, 'int32'), tf.tensor1d([1, -1])],
  };
}

function disposeInputs(inputs: readonly LoopInputs[]): void {
  for (const { carried, fixed } of inputs) tf.dispose([...carried, ...fixed]);
}

/** What it carried last: values of each tensor, by loop. */
async function valuesOf(loop: Loop, inputs: readonly LoopInputs[]) {
  const results = await loop.run(() => inputs);
  const values = results.map((tensors) =>
    tensors.map((x) => ({ shape: x.shape, values: x.dataSync().slice() })),
  );
  tf.dispose(results);
  return values;
}

describe('a loop', () => {
  it('computes what its body does round by round, for inputs of any size', async () => {
    const [loop, plain] = [createLoop(powers(2)), eagerLoop(powers(2))];
    const size = fc.integer({ min: 1, max: 20 });
    const call = fc.record({ rows: size, length: size, limit: size });
    await fc.assert(
      fc.asyncProperty(fc.tuple(call, call), async (calls) => {
        const inputs = calls.map(({ rows, length, limit }) =>
          inputsOf(rows, Math.max(length, limit), limit),
        );
        const handed = () => inputs.map(({ carried }) => carried.map((x) => x.dataSync().slice()));
        const before = handed();
        const results = await valuesOf(loop, inputs);
        const expected = await valuesOf(plain, inputs);
        results.flat().forEach(({ shape, values }, i) => {
          expect(shape).toEqual(expected.flat()[i]!.shape);
          expectClose(values, expected.flat()[i]!.values);
        });
        expect(results.map(([, rounds]) => rounds!.values[0])).toEqual(
          calls.map(({ limit }) => limit),
        );
        expect(handed()).toEqual(before);
        disposeInputs(inputs);
      }),
      { numRuns: 60 },
    );
    for (const each of [loop, plain]) each.dispose();
  });

  it('goes on from where it was', async () => {
    const loop = createLoop(powers());
    const { carried, fixed } = inputsOf(3, 6, 6);
    const whole = await valuesOf(loop, [{ carried, fixed }]);
    const limited = [fixed[0]!, tf.scalar(2, 'int32'), fixed[2]!];
    const [[, ...half]] = (await loop.run(() => [{ carried, fixed: limited }])) as [tf.Tensor[]];
    expect(await valuesOf(loop, [{ carried: [carried[0]!, ...half], fixed }])).toEqual(whole);
    tf.dispose([...carried, ...fixed, ...half]);
    loop.dispose();
  });

  it('does nothing if it is handed false', async () => {
    const loop = createLoop(powers());
    const { carried, fixed } = inputsOf(2, 3, 3);
    const still = [tf.scalar(false, 'bool'), ...carried.slice(1)];
    const [results] = await valuesOf(loop, [{ carried: still, fixed }]);
    expect(results![1]!.values[0]).toBe(0);
    expect(results![2]!.values).toEqual(carried[2]!.dataSync());
    disposeInputs([{ carried, fixed }]);
    loop.dispose();
  });

  it.each([
    ['in a graph where graphs are', createLoop],
    ['operation by operation', eagerLoop],
  ])('leaves no tensor behind, %s', async (_, create) => {
    await expectNoLeak(async () => {
      const loop = create(powers());
      const handed = inputsOf(3, 4, 4);
      tf.dispose(await loop.run(() => [inputsOf(3, 4, 4)]));
      const running = loop.run(() => [handed]);
      disposeInputs([handed]);
      tf.dispose(await running);
      await expect(loop.run(() => [])).rejects.toThrow('1 loops take 0 inputs');
      loop.dispose();
    });
  });

  it.runIf(canRecord())('refuses bodies that hand something else on', () => {
    const { body, ...rest } = powers();
    const other = (change: (next: readonly tf.Tensor[]) => tf.Tensor[]): LoopBody => ({
      ...rest,
      body: (inputs) => change(body(inputs)),
    });
    const refused = (loop: LoopBody, message: RegExp): void =>
      expect(() => createLoop(loop)).toThrow(message);
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
  });
});
