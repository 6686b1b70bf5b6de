import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { BACKENDS, startBackend } from '../../../src/engine/backends.ts';
import { canRecord, recordProgram } from '../../../src/engine/program.ts';
import { rmsNorm, swiGlu } from '../../../src/model/layers.ts';
import type { Params } from '../../../src/model/paramTensors.ts';
import { compute, recompute, type Compute, type Operands } from '../../../src/model/recompute.ts';
import { expectCloseToLargest, expectNoLeak } from '../../helpers/tensors.ts';

const fastest = (await startBackend()).name;

describe.each(BACKENDS.slice(BACKENDS.indexOf(fastest)))('a recomputed function on %s', (name) => {
  it('has the value and the gradients of the function, alone, in a row and nested', async () => {
    await startBackend({ backend: name });
    for (const network of [single, inARow, nested]) {
      const expected = tf.tidy(() => valuesOf(passes(network, compute)));
      const actual = tf.tidy(() => valuesOf(passes(network, recompute)));
      actual.forEach((values, i) => expectCloseToLargest(values, expected[i]!));
    }
  });
});

describe('a recomputed function', () => {
  it('keeps as much for its gradient however long it is', async () => {
    await startBackend({ backend: fastest });
    const kept = (how: Compute, operations: number): number => {
      let bytes = 0;
      tf.tidy(() => {
        tf.grads((x: tf.Tensor) => {
          const before = tf.memory().numBytes;
          const steps = ({ inputs: [x] }: Operands): tf.Tensor =>
            Array.from({ length: operations }).reduce<tf.Tensor>((y) => tf.square(y), x!);
          const y = how(steps, { inputs: [x], params: {} });
          bytes = tf.memory().numBytes - before;
          return tf.sum(y);
        })([tf.ones([1000])]);
      });
      return bytes;
    };
    expect(kept(recompute, 9)).toBe(kept(recompute, 3));
    expect(kept(compute, 9)).toBeGreaterThan(kept(compute, 3));
  });

  it('leaves no tensor behind', async () => {
    await startBackend({ backend: fastest });
    await expectNoLeak(() => {
      for (const network of [single, inARow, nested]) {
        tf.tidy(() => void passes(network, recompute));
      }
    });
  });

  it.runIf(canRecord())('is recorded with the same values', async () => {
    await startBackend({ backend: fastest });
    for (const network of [single, inARow, nested]) {
      const expected = tf.tidy(() => valuesOf(passes(network, compute)));
      const program = record(network);
      const actual = program.call('passes', tf.tidy(inputs));
      actual.forEach((values, i) => expectCloseToLargest(values, expected[i]!));
      program.dispose();
    }
  });
});

type Network = (x: tf.Tensor, params: Params, how: Compute) => tf.Tensor;

const layer = ({ inputs: [x], params, constants: [shift] = [] }: Operands): tf.Tensor => {
  const hidden = swiGlu(rmsNorm(x!, params['gain']!), params['gateUp']!, params['down']!);
  return tf.add(tf.add(x!, shift!), hidden);
};

/** The constant is gone by the time of the gradient. */
const one = (x: tf.Tensor, params: Params, how: Compute): tf.Tensor =>
  tf.tidy(() => how(layer, { inputs: [x], params, constants: [tf.ones([4])] }));

const single: Network = (x, params, how) => one(x, params, how);

const inARow: Network = (x, params, how) => {
  for (let i = 0; i < 3; i++) x = one(x, params, how);
  return tf.mul(x, x);
};

const nested: Network = (x, params, how) => {
  const twice = ({ inputs: [x], params }: Operands): tf.Tensor =>
    one(one(tf.square(x!), params, how), params, how);
  return how(twice, { inputs: [x], params });
};

/** x, the three parameters of `layer`, and the gradient of the output. */
function inputs(): tf.Tensor[] {
  const shapes = [[2, 3, 4], [4], [4, 12], [6, 4], [2, 3, 4]];
  return shapes.map((shape, i) => tf.randomNormal(shape, 0, 1, 'float32', i + 1));
}

function passes(network: Network, how: Compute, [x, gain, gateUp, down, dy] = inputs()) {
  const f = (x: tf.Tensor, gain: tf.Tensor, gateUp: tf.Tensor, down: tf.Tensor): tf.Tensor =>
    network(x, { gain, gateUp, down }, how);
  const list = [x!, gain!, gateUp!, down!] as const;
  return [f(...list), ...tf.grads(f)([...list], dy)];
}

function record(network: Network): ReturnType<typeof recordProgram> {
  const body = (inputs: readonly tf.Tensor[]) => passes(network, recompute, [...inputs]);
  return tf.tidy(
    () => recordProgram([], [{ name: 'passes', inputs: inputs(), body }]) as never,
  ) as ReturnType<typeof recordProgram>;
}

function valuesOf(tensors: tf.Tensor[]): Float32Array[] {
  return tensors.map((tensor) => tensor.dataSync().slice() as Float32Array);
}
