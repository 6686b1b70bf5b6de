import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCall, eagerCall, type CallBody } from '../../../src/engine/call.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { expectClose, expectNoLeak } from '../../helpers/tensors.ts';

await startTestBackend();

/** Of x [rows, length] and ids [rows]: x plus the numbers of its columns, and some of its rows. */
const call: CallBody = {
  smallest: { rows: 2, length: 3 },
  inputs: ({ rows, length }) => [tf.zeros([rows!, length!]), tf.zeros([rows!], 'int32')],
  body: ([x, ids]) => {
    const columns = tf.cast(tf.range(0, x!.shape[1]!, 1, 'int32'), 'float32');
    return [tf.add(x!, columns), tf.gather(x!, ids!), tf.add(ids!, tf.scalar(1, 'int32'))];
  },
};

function inputsOf(rows: number, length: number): tf.Tensor[] {
  const ids = Array.from({ length: rows }, (_, i) => rows - 1 - i);
  return [tf.randomNormal([rows, length], 0, 1, 'float32', 7), tf.tensor1d(ids, 'int32')];
}

describe('a function of tensors', () => {
  it('computes what its body does, for inputs of any size', () => {
    const [recorded, plain] = [createCall(call), eagerCall(call)];
    const size = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(size, size, (rows, length) => {
        tf.tidy(() => {
          const inputs = inputsOf(rows, length);
          const expected = plain.run(inputs);
          recorded.run(inputs).forEach((result, i) => {
            expect([result.dtype, result.shape]).toEqual([expected[i]!.dtype, expected[i]!.shape]);
            expectClose(result.dataSync(), expected[i]!.dataSync());
          });
        });
      }),
      { numRuns: 60 },
    );
    for (const each of [recorded, plain]) each.dispose();
  });

  it('leaves no tensor behind', async () => {
    await expectNoLeak(() => {
      const own = createCall(call);
      tf.tidy(() => void own.run(inputsOf(3, 4)));
      own.dispose();
    });
  });
});
