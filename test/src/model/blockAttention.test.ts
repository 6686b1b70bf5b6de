import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { BACKENDS, startBackend } from '../../../src/engine/backends.ts';
import { canRecord, recordProgram } from '../../../src/engine/program.ts';
import { blockAttention } from '../../../src/model/blockAttention.ts';
import { HIDDEN, paddingMask, type Mask } from '../../../src/model/masks.ts';
import { expectCloseToLargest, expectNoLeak } from '../../helpers/tensors.ts';

const fastest = (await startBackend()).name;

describe.each(BACKENDS.slice(BACKENDS.indexOf(fastest)))('attention in blocks on %s', (backend) => {
  it('is plain attention, in its value and its gradients, however it is cut', async () => {
    await startBackend({ backend });
    fc.assert(
      fc.property(arbitraryCase, (attention) => {
        const expected = tf.tidy(() => valuesOf(plainPasses(attention)));
        const actual = tf.tidy(() => valuesOf(blockPasses(attention)));
        // Where weights are 0 or 1, gradients are nothing but the rounding of the sums that cancel out.
        const absolute = 1e-5 * attention.scale;
        actual.forEach((values, i) => expectCloseToLargest(values, expected[i]!, { absolute }));
      }),
      { numRuns: backend === 'cpu' ? 30 : 100 },
    );
  });
});

describe('attention in blocks', () => {
  it('leaves no tensor behind but its result', async () => {
    await startBackend({ backend: fastest });
    await expectNoLeak(() => {
      for (const kind of KINDS) {
        tf.tidy(() => void blockPasses({ ...someCase, kind }));
      }
    });
  });

  it.runIf(canRecord())('is recorded with the same values', async () => {
    await startBackend({ backend: fastest });
    for (const kind of KINDS) {
      const attention = { ...someCase, kind };
      const expected = tf.tidy(() => valuesOf(plainPasses(attention)));
      const program = tf.tidy(
        () =>
          recordProgram(
            [],
            [
              {
                name: 'attention',
                inputs: randomInputs(attention),
                body: (inputs) => blockPasses(attention, inputs),
              },
            ],
          ) as never,
      ) as ReturnType<typeof recordProgram>;
      const actual = program.call(
        'attention',
        tf.tidy(() => randomInputs(attention)),
      );
      actual.forEach((values, i) => expectCloseToLargest(values, expected[i]!));
      program.dispose();
    }
  });
});

/** Masks: of later keys, of padding, written out for each query, none. */
const KINDS = ['causal', 'padded', 'written', 'open'] as const;
type Kind = (typeof KINDS)[number];

interface Case {
  readonly B: number;
  readonly H: number;
  readonly d: number;
  readonly queries: number;
  readonly keys: number;
  readonly size: number;
  readonly kind: Kind;
  readonly scale: number;
  readonly seed: number;
}

const someCase: Case = {
  B: 2,
  H: 2,
  d: 4,
  queries: 11,
  keys: 11,
  size: 3,
  kind: 'causal',
  scale: 1,
  seed: 1,
};

const small = fc.integer({ min: 1, max: 3 });

const arbitraryCase: fc.Arbitrary<Case> = fc
  .record({
    B: small,
    H: small,
    d: small,
    queries: fc.integer({ min: 1, max: 20 }),
    keys: fc.integer({ min: 1, max: 20 }),
    size: fc.integer({ min: 1, max: 21 }),
    kind: fc.constantFrom(...KINDS),
    // Scores that a softmax without care would overflow on.
    scale: fc.constantFrom(1, 40),
    seed: fc.nat(1000),
  })
  .map((attention) =>
    attention.kind === 'causal' ? { ...attention, keys: attention.queries } : attention,
  );

/** Query, key, value and the gradient of the output. */
function randomInputs({ B, H, d, queries, keys, scale, seed }: Case): tf.Tensor[] {
  const random = (length: number, i: number, deviation = 1): tf.Tensor =>
    tf.randomNormal([B, H, length, d], 0, deviation, 'float32', 4 * seed + i + 1);
  return [random(queries, 0, scale), random(keys, 1), random(keys, 2), random(queries, 3)];
}

function maskOf({ B, queries, keys, kind, seed }: Case): Mask {
  if (kind === 'causal' || kind === 'open') return kind === 'causal' ? 'causal' : null;
  if (kind === 'written')
    return tf.randomUniform([1, 1, queries, keys], -3, 0, 'float32', seed + 1);
  return paddingMask(
    Array.from({ length: B }, (_, row) => 1 + ((seed + row) % keys)),
    keys,
  );
}

function inBlocks(inputs: tf.Tensor[], attention: Case): tf.Tensor {
  const [query, key, value] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
  const { size } = attention;
  return blockAttention([query, key, value], { mask: maskOf(attention), size });
}

/** The formula, with all scores and a mask written out. */
function plainly([query, key, value]: tf.Tensor[], attention: Case): tf.Tensor {
  const { queries, keys } = attention;
  const hidden = Float32Array.from({ length: queries * keys }, (_, at) =>
    at % keys > Math.floor(at / keys) ? HIDDEN : 0,
  );
  const mask = maskOf(attention) ?? tf.scalar(0);
  const written = mask === 'causal' ? tf.tensor(hidden, [1, 1, queries, keys]) : mask;
  const scores = tf.add(tf.matMul(query!, key!, false, true), written);
  return tf.matMul(tf.softmax(scores), value!);
}

/** The output, and the gradients by query, key and value. */
function passes(
  [query, key, value, dy]: readonly tf.Tensor[],
  attention: (...inputs: tf.Tensor[]) => tf.Tensor,
): tf.Tensor[] {
  const inputs = [query!, key!, value!];
  return [attention(...inputs), ...tf.grads(attention)(inputs, dy)];
}

function blockPasses(
  attention: Case,
  inputs: readonly tf.Tensor[] = randomInputs(attention),
): tf.Tensor[] {
  return passes(inputs, (...qkv) => inBlocks(qkv, attention));
}

function plainPasses(attention: Case): tf.Tensor[] {
  return passes(randomInputs(attention), (...inputs) => plainly(inputs, attention));
}

function valuesOf(tensors: tf.Tensor[]): Float32Array[] {
  return tensors.map((tensor) => tensor.dataSync().slice() as Float32Array);
}
