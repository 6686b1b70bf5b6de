import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../../src/engine/protobuf.ts';
import type { RecordedNode } from '../../../src/engine/recorder.ts';
import {
  evaluate,
  constantsOf,
  generalise as generaliseConstants,
  samplePoints,
  type SizedConstant,
  type SizedNode,
  type Sizes,
} from '../../../src/engine/sizes.ts';

const NAMES = ['rows', 'prompt', 'response'];

/** c + Σ cᵢ·sizeᵢ + Σ cᵢⱼ·sizeᵢ·sizeⱼ, as its coefficients by the names of a product. */
const polynomial = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 7, maxLength: 7 });
const PRODUCTS = [
  [],
  ...NAMES.map((name) => [name]),
  ['rows', 'prompt'],
  ['rows', 'response'],
  ['prompt', 'response'],
];

function valueOf(coefficients: readonly number[], sizes: Sizes): number {
  return PRODUCTS.reduce(
    (sum, names, i) =>
      sum + names.reduce((product, name) => product * sizes[name]!, coefficients[i]!),
    0,
  );
}

const anySizes = fc.record(
  Object.fromEntries(NAMES.map((name) => [name, fc.integer({ min: 1, max: 10_000 })])),
) as fc.Arbitrary<Sizes>;
const smallest = fc.record(
  Object.fromEntries(NAMES.map((name) => [name, fc.integer({ min: 1, max: 40 })])),
) as fc.Arbitrary<Sizes>;

/** Recordings of one constant that has these values at each size. */
function recordings(
  smallest: Sizes,
  valuesAt: (sizes: Sizes) => Int32Array | Float32Array,
  shapeAt = (_: Sizes, length: number): number[] => [length],
) {
  return samplePoints(smallest).map((sizes) => {
    const values = valuesAt(sizes);
    const dtype = values instanceof Int32Array ? DataType.int32 : DataType.float32;
    const constant = { dtype, shape: shapeAt(sizes, values.length), values };
    const node: RecordedNode = { name: 'Const_0', op: 'Const', inputs: [], attrs: {}, constant };
    return { sizes, nodes: [node] };
  });
}

function generalise(all: ReturnType<typeof recordings>): SizedNode[] {
  const [first] = all as [(typeof all)[0]];
  const constants = all.map(({ nodes, sizes }) => constantsOf(nodes, first.nodes, sizes));
  return generaliseConstants(first.nodes, constants);
}

describe('generalising recordings', () => {
  it('finds every polynomial of products of two sizes, from recordings at small sizes', () => {
    fc.assert(
      fc.property(
        smallest,
        fc.array(polynomial, { minLength: 1, maxLength: 4 }),
        anySizes,
        (smallest, all, sizes) => {
          const [node] = generalise(
            recordings(smallest, (sizes) => Int32Array.from(all, (own) => valueOf(own, sizes))),
          );
          const expected = all.map((own) => valueOf(own, sizes));
          const { sized, constant } = node!;
          if (sized === undefined) expect([...constant!.values]).toEqual(expected);
          else if (sized.kind === 'integers') {
            expect(sized.values.map((own) => evaluate(own, sizes))).toEqual(expected);
          } else expect.unreachable();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('finds the shape of a constant of equal numbers', () => {
    const [node] = generalise(
      recordings(
        { rows: 2, prompt: 3, response: 2 },
        ({ rows, prompt }) => new Float32Array(rows! * prompt! * 5).fill(1),
        ({ rows, prompt }) => [rows! * prompt!, 5],
      ),
    );
    expect(node!.sized).toMatchObject({ kind: 'filled' });
    const { shape } = node!.sized as Extract<SizedConstant, { kind: 'filled' }>;
    const sizes = { rows: 16, prompt: 90, response: 7 };
    expect(shape.map((own) => evaluate(own, sizes))).toEqual([1440, 5]);
  });

  it.each<[string, (sizes: Sizes) => Int32Array | Float32Array]>([
    ['squares', ({ rows }) => Int32Array.of(rows! ** 2)],
    [
      'products of three',
      ({ rows, prompt, response }) => Int32Array.of(rows! * prompt! * response!),
    ],
    ['quotients', ({ rows }) => Int32Array.of(Math.floor(rows! / 2))],
    ['fractions', ({ rows }) => Float32Array.of(1 / rows!)],
    ['tables', ({ rows }) => Float32Array.from({ length: rows! }, (_, i) => i)],
  ])('refuses %s', (_, valuesAt) => {
    const all = recordings({ rows: 2, prompt: 2, response: 2 }, valuesAt);
    expect(() => generalise(all)).toThrow('constant Const_0 changes with the sizes');
  });

  it('refuses recordings of different operations', () => {
    const all = recordings({ rows: 2, prompt: 2, response: 2 }, () => Int32Array.of(1));
    const other = { ...all[3]!, nodes: [{ ...all[3]!.nodes[0]!, inputs: ['Add_1'] }] };
    const mixed = all.map((recording, i) => (i === 3 ? other : recording));
    expect(() => generalise(mixed)).toThrow('operation Const_0 is another one at sizes');
  });
});
