import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { BACKENDS, startBackend } from '../../../src/engine/backends.ts';
import { diagnose } from '../../../src/engine/doctor.ts';
import { locateEngine } from '../../../src/engine/nativeEngine.ts';
import { temporaryFolder } from '../../helpers/fakeToolchain.ts';

const native = locateEngine().ready;
const usable = BACKENDS.filter((name) => native || name !== 'tensorflow');

describe('starting a backend', () => {
  const environment = { ...process.env };
  beforeEach(() => {
    delete process.env['KIT_BACKEND'];
  });
  afterEach(() => {
    for (const name of ['KIT_BACKEND', 'KIT_TENSORFLOW', 'XDG_CACHE_HOME']) {
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    }
  });

  it('refuses every name but the known ones, and lists those', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (backend) => {
        fc.pre(!BACKENDS.some((name) => name === backend));
        await expect(startBackend({ backend })).rejects.toThrow(InputError);
        await expect(startBackend({ backend })).rejects.toThrow(/known are tensorflow, wasm, cpu$/);
      }),
    );
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses %d threads', async (threads) => {
    await expect(startBackend({ threads })).rejects.toThrow(InputError);
  });

  // Before any test loads the native library, which then stays loaded.
  it('says why the native one is not there, and what to do', async () => {
    process.env['XDG_CACHE_HOME'] = temporaryFolder();
    delete process.env['KIT_TENSORFLOW'];
    const asked = startBackend({ backend: 'tensorflow' });
    await expect(asked).rejects.toThrow(InputError);
    await expect(asked).rejects.toThrow(
      'backend tensorflow: TensorFlow has not been set up yet (kit setup installs it)',
    );
  });

  it('goes on with wasm where the native one is not there, and says why', async () => {
    process.env['XDG_CACHE_HOME'] = temporaryFolder();
    delete process.env['KIT_TENSORFLOW'];
    expect(await startBackend()).toMatchObject({
      name: 'wasm',
      slowerBecause: 'TensorFlow has not been set up yet (kit setup installs it)',
    });
  });

  it('leaves no handler of unhandled rejections behind', async () => {
    const before = process.listeners('unhandledRejection');
    await startBackend({ backend: 'wasm' });
    expect(process.listeners('unhandledRejection')).toEqual(before);
  });

  it('obeys KIT_BACKEND, and an argument more than that', async () => {
    process.env['KIT_BACKEND'] = 'cpu';
    expect(await startBackend()).toMatchObject({ name: 'cpu', slowerBecause: null });
    expect(await startBackend({ backend: 'wasm' })).toMatchObject({ name: 'wasm' });
    process.env['KIT_BACKEND'] = 'gpu';
    await expect(startBackend()).rejects.toThrow(/backend "gpu": not known/);
  });

  it.each(usable)('makes %s the backend of tfjs-core', async (backend) => {
    const started = await startBackend({ backend });
    expect(tf.getBackend()).toBe(backend);
    expect(started).toMatchObject({ name: backend, slowerBecause: null });
    expect(started.devices).not.toHaveLength(0);
    expect(started.threads).toBeGreaterThan(0);
  });

  it.runIf(native)('can not change the threads of a loaded library', async () => {
    const { threads } = await startBackend({ backend: 'tensorflow' });
    expect(await startBackend({ backend: 'tensorflow', threads })).toMatchObject({ threads });
    const more = startBackend({ backend: 'tensorflow', threads: threads + 1 });
    await expect(more).rejects.toThrow(`TensorFlow already runs with ${threads}`);
  });
});

describe('every backend', () => {
  it('computes the same products and gradients', async () => {
    await fc.assert(
      fc.asyncProperty(matrices, async ({ a, b, shape: [m, k, n] }) => {
        const results: number[][] = [];
        for (const backend of usable) {
          await startBackend({ backend });
          const x = tf.tensor2d(a, [m, k]);
          const y = tf.tensor2d(b, [k, n]);
          const product = (x: tf.Tensor): tf.Tensor =>
            tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, y)));
          const gradient = tf.grad(product)(x);
          results.push([...tf.matMul(x, y).dataSync(), ...gradient.dataSync()]);
          tf.dispose([x, y, gradient]);
        }
        for (const result of results) {
          expect(result).toHaveLength(m * n + m * k);
          result.forEach((value, i) => expect(value).toBeCloseTo(results[0]![i]!, 2));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe.each(usable)('%s', (backend) => {
  it('finds the largest values', async () => {
    await startBackend({ backend });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer(), { minLength: 1 }), async (numbers) => {
        // float32 holds integers below 2²⁴.
        const values = [...new Set(numbers.map((number) => number % 2 ** 24))];
        const { values: top, indices } = tf.topk(tf.tensor1d(values), 1);
        expect([...(await top.data())]).toEqual([Math.max(...values)]);
        expect(values[(await indices.data())[0]!]).toBe(Math.max(...values));
      }),
    );
  });

  it('leaves no tensor behind when its results are disposed', async () => {
    await startBackend({ backend });
    const { numTensors } = tf.memory();
    tf.tidy(() => tf.matMul(tf.ones([3, 3]), tf.ones([3, 3])).dataSync());
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('the doctor', () => {
  it('describes every backend, and why one is not available', async () => {
    const found = await diagnose();
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    expect(found.backends.map(({ name }) => name)).toEqual([...BACKENDS]);
    for (const backend of found.backends) {
      expect(backend.available).toBe(usable.includes(backend.name));
      if (backend.available) expect(backend.gflops).toBeGreaterThan(0);
      else expect(backend.reason).not.toBe('');
    }
    expect(found.versions.node).toBe(process.versions.node);
    expect(found.machine.memoryBytes).toBeGreaterThan(found.machine.freeMemoryBytes);
  });
});

// Helpers

const matrices = fc
  .tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
  )
  .chain(([m, k, n]) => {
    const values = (length: number): fc.Arbitrary<number[]> =>
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: length, maxLength: length });
    const shape = [m, k, n] as const;
    return fc.record({ a: values(m * k), b: values(k * n), shape: fc.constant(shape) });
  });
