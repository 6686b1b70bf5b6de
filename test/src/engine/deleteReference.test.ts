import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/backends.ts';
import { collectGarbage } from '../../../src/engine/garbage.ts';
import { canRecord, createProgram } from '../../../src/engine/program.ts';

await startBackend({ threads: 2 });

it.runIf(canRecord())(
  'an array that a graph drops waits for the thread it belongs to',
  async () => {
    const arrays = aligned();
    const references = arrays.map((array) => new WeakRef(array));
    const variables = tf.tidy(() =>
      arrays.splice(0).map((array) => tf.variable(tf.tensor1d(array))),
    );
    const double = (): tf.Tensor[] => {
      for (const variable of variables) variable.assign(tf.mul(variable, 2));
      return [tf.scalar(0)];
    };
    const program = createProgram(variables, [{ name: 'double', inputs: [], body: double }]);
    const alive = async (): Promise<number> => {
      // References that were looked at live until the end of the task.
      await new Promise(setImmediate);
      collectGarbage();
      return references.filter((reference) => reference.deref() !== undefined).length;
    };
    expect(await alive()).toBe(1);
    program.call('double', []);
    expect(await alive()).toBe(1);
    tf.tidy(() => tf.square(tf.tensor1d([1, 2, 3])));
    expect(await alive()).toBe(0);
    program.dispose();
  },
);

/** Four arrays, one of them at a multiple of 64 bytes: TensorFlow shares no memory that begins elsewhere. */
function aligned(): Float32Array[] {
  const length = 40_960;
  const all = new Float32Array(4 * (length + 16));
  return [0, 1, 2, 3].map((i) => {
    const start = i * (length + 16) + 4 * i;
    return all.subarray(start, start + length);
  });
}
