import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelBuild } from '../../../../src/engine/kernelBuilds.ts';
import { hasKernels } from '../../../../src/engine/kernels.ts';
import { startTestBackend } from '../../../helpers/backend.ts';
import {
  dot,
  expectRefusal,
  outputsOf,
  packPairs,
  randomFloats,
  seeds,
  toBfloat16,
  unpackPairs,
} from '../../../helpers/kernels.ts';
import { expectClose, expectCloseToLargest } from '../../../helpers/tensors.ts';

await startTestBackend();

const EPSILON = 1e-5;
/** Two vectors of the processor's. */
const PANEL = { bf16: 32, avx512: 32, avx2: 16 }[kernelBuild()?.name ?? ''] ?? 8;

describe.runIf(hasKernels())('KitPack', () => {
  it('lays panels of two vectors out, either half of them gated, filled up with zeros', () => {
    fc.assert(
      fc.property(products, ({ seed, inner, columns, gated, halved }) => {
        const all = gated ? 2 * columns : columns;
        const matrix = randomFloats(seed, { count: inner * all });
        const [{ shape, values }] = pack(matrix, { inner, all, gated, halved }) as [Output];
        const panels = Math.ceil(all / PANEL);
        const deep = halved ? inner + (inner % 2) : inner;
        expect(shape).toEqual([panels, halved ? deep / 2 : deep, PANEL]);
        const expected: number[] = [];
        const value = (panel: number, i: number, place: number): number => {
          const half = place < PANEL / 2 ? 0 : columns;
          const within = (panel * PANEL) / 2 + (place % (PANEL / 2));
          const column = gated ? half + within : panel * PANEL + place;
          const there = i < inner && (gated ? within < columns : column < columns);
          return there ? matrix[i * all + column]! : 0;
        };
        const perWord = halved ? 2 : 1;
        for (let panel = 0; panel < panels; panel++)
          for (let i = 0; i < deep; i += perWord)
            for (let place = 0; place < PANEL; place++)
              for (let half = 0; half < perWord; half++)
                expected.push(value(panel, i + half, place));
        if (halved) expect(values).toEqual(packPairs(expected.map(toBfloat16)));
        else expect([...values]).toEqual(expected);
      }),
    );
  });

  it('rounds to the nearest bfloat16, ties to even', () => {
    const ties = [
      1 + 2 ** -8,
      1 + 3 * 2 ** -8,
      -1 - 2 ** -8,
      1 + 2 ** -8 + 2 ** -20,
      255.5,
      2 ** -90,
    ];
    const [{ values }] = pack(Float32Array.from(ties), {
      inner: ties.length,
      all: 1,
      gated: false,
      halved: true,
    }) as [Output];
    const column = unpackPairs(values as Int32Array).filter((_, i) => i % (2 * PANEL) < 2);
    expect([...column]).toEqual([1, 1 + 2 ** -6, -1, 1 + 2 ** -7, 256, 2 ** -90]);
  });

  it('refuses what is no matrix, or has no halves', () => {
    const complaint = "the matrix can't be laid out";
    const integers = { gated: 1, halved: 0 };
    const types = { T: 'float32' } as const;
    for (const shape of [[], [4], [2, 3], [0, 2], [2, 0], [2, 2, 2]]) {
      expectRefusal('KitPack', [() => tf.zeros(shape)], { integers, types, complaint });
    }
  });
});

describe.runIf(hasKernels())('KitLinear', () => {
  it('multiplies, with norm and gain before, and gate or residual after', () => {
    fc.assert(
      fc.property(products, fc.constantFrom(1, 30), (product, scale) => {
        const { normed, halved } = product;
        const { actual, expected } = multiplied(product, scale);
        // Rounded after the norm, a number may become the bfloat16 next to the oracle's.
        const relative = normed && halved ? 2e-2 : 1e-5;
        expectCloseToLargest(actual, expected, { absolute: relative, relative });
      }),
      { numRuns: 300 },
    );
  });

  it('gives each row the same products, whichever rows it is computed with', () => {
    fc.assert(
      fc.property(products, (product) => {
        const { rows, columns } = product;
        const { actual } = multiplied(product, 1);
        const first = multiplied({ ...product, rows: 1 }, 1).actual;
        expectClose(actual.subarray(0, columns), first, { absolute: 1e-6, relative: 1e-6 });
        expect(actual).toHaveLength(rows * columns);
      }),
    );
  });

  it('gates without overflow', () => {
    const gated = { seed: 1, rows: 1, inner: 1, columns: 1, gated: true, halved: false };
    const matrix = Float32Array.of(1, 1);
    for (const x of [-1e4, -100, -80, -20, 0, 80, 100, 1e4]) {
      const [{ values }] = multiply(Float32Array.of(x), { ...gated, matrix }) as [Output];
      expectClose(values, [(x * x) / (1 + Math.exp(-x))], { absolute: 1e-25 });
    }
  });

  it('refuses shapes that do not agree', () => {
    const right = { rows: [3, 4], gain: [4], epsilon: [], panels: [1, 4, PANEL], residual: [3, 5] };
    const wrong: Record<keyof typeof right, number[][]> = {
      rows: [[], [3, 5], [4, 0], [12]],
      gain: [[3], [5], [4, 4]],
      epsilon: [[0], [2]],
      panels: [[], [4], [4, 5], [1, 5, PANEL], [1, 4, 2 * PANEL], [2, 4, PANEL], [0, 4, PANEL]],
      residual: [[1], [3, 4], [5], [3, 6]],
    };
    for (const [name, shapes] of Object.entries(wrong)) {
      for (const shape of shapes) {
        const inputs = Object.entries({ ...right, [name]: shape }).map(([, own]) => {
          return () => tf.zeros(own);
        });
        expectRefusal('KitLinear', inputs, {
          integers: { columns: 5, gated: 0 },
          types: { T: 'float32' },
          complaint: 'shapes do not agree',
        });
      }
    }
  });
});

// Helpers

type Output = ReturnType<typeof outputsOf>[0];

interface Product {
  readonly seed: number;
  readonly rows: number;
  readonly inner: number;
  /** Of the result. */
  readonly columns: number;
  readonly normed: boolean;
  readonly added: boolean;
  readonly gated: boolean;
  readonly halved: boolean;
}

const products: fc.Arbitrary<Product> = fc.record({
  seed: seeds,
  rows: fc.integer({ min: 1, max: 20 }),
  inner: fc.integer({ min: 1, max: 70 }),
  columns: fc.integer({ min: 1, max: 70 }),
  normed: fc.boolean(),
  added: fc.boolean(),
  gated: fc.boolean(),
  halved: fc.boolean(),
});

function pack(
  matrix: Float32Array,
  { inner, all, gated, halved }: { inner: number; all: number; gated: boolean; halved: boolean },
): Output[] {
  return outputsOf('KitPack', () => [tf.tensor2d(matrix, [inner, all])], {
    integers: { gated: Number(gated), halved: Number(halved) },
    types: { T: halved ? 'int32' : 'float32' },
  });
}

function multiply(
  x: Float32Array,
  {
    rows,
    inner,
    columns,
    gated,
    halved,
    matrix,
    gain,
    residual,
  }: Pick<Product, 'rows' | 'inner' | 'columns' | 'gated' | 'halved'> & {
    readonly matrix: Float32Array;
    readonly gain?: Float32Array | undefined;
    readonly residual?: Float32Array | undefined;
  },
): Output[] {
  const [packed] = pack(matrix, { inner, all: gated ? 2 * columns : columns, gated, halved });
  const dtype = halved ? 'int32' : 'float32';
  const inputs = (): tf.Tensor[] => [
    tf.tensor3d(x, [rows, 1, inner]),
    tf.tensor1d(gain ?? []),
    tf.scalar(EPSILON),
    tf.tensor(packed!.values, [...packed!.shape], dtype),
    residual === undefined ? tf.zeros([0]) : tf.tensor3d(residual, [rows, 1, columns]),
  ];
  return outputsOf('KitLinear', inputs, {
    integers: { columns, gated: Number(gated) },
    types: { T: dtype },
  });
}

/** By the operation, and in double precision. */
function multiplied(product: Product, scale: number) {
  const { seed, rows, inner, columns, normed, added, gated, halved } = product;
  const all = gated ? 2 * columns : columns;
  const floats = (name: string, count: number, scale = 1): Float32Array =>
    randomFloats(`${seed} ${name}`, { count, scale });
  const x = floats('x', rows * inner, scale);
  const matrix = floats('matrix', inner * all);
  const gain = normed ? floats('gain', inner) : undefined;
  const residual = added ? floats('residual', rows * columns) : undefined;
  const [{ shape, values }] = multiply(x, { ...product, matrix, gain, residual }) as [Output];
  expect(shape).toEqual([rows, 1, columns]);

  const round = halved ? toBfloat16 : (value: number): number => value;
  const expected: number[] = [];
  for (let row = 0; row < rows; row++) {
    const own = x.subarray(row * inner, (row + 1) * inner);
    const square = dot(inner, (i) => own[i]! ** 2 / inner);
    const factors = Array.from(own, (value, i) =>
      round(gain === undefined ? value : (value / Math.sqrt(square + EPSILON)) * gain[i]!),
    );
    const at = (column: number): number =>
      dot(inner, (i) => factors[i]! * round(matrix[i * all + column]!));
    for (let column = 0; column < columns; column++) {
      const a = at(column);
      const y = gated ? (a / (1 + Math.exp(-a))) * at(columns + column) : a;
      expected.push(y + (residual?.[row * columns + column] ?? 0));
    }
  }
  return { actual: values as Float32Array, expected };
}
