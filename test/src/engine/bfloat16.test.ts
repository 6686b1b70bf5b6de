import { describe, expect, it } from 'vitest';
import { withBfloat16Products } from '../../../src/engine/bfloat16.ts';
import { attr, DataType } from '../../../src/engine/protobuf.ts';
import type { SizedNode } from '../../../src/engine/sizes.ts';

const T = attr.type(DataType.float32);
const node = (op: string, name: string, inputs: string[]): SizedNode => ({
  name,
  op,
  inputs,
  attrs: { T },
});

describe('products in bfloat16', () => {
  const nodes = [
    node('Mul', 'a', ['@input_0', '@input_1']),
    node('BatchMatMulV2', 'b', ['a', '@input_1', '^fence']),
    node('BatchMatMulV2', 'c', ['a', 'b']),
    node('Add', 'd', ['b', 'c']),
  ];
  const result = withBfloat16Products(nodes);
  const named = (name: string): SizedNode => result.find((own) => own.name === name)!;

  it('read rounded factors, each rounded once, and keep their order', () => {
    const [b, c] = ['b', 'c'].map((name) => named(named(name).inputs[0]!));
    for (const product of [b!, c!]) {
      expect(product.op).toBe('BatchMatMulV2');
      expect(product.attrs['T']).toEqual(attr.type(DataType.bfloat16));
    }
    const factors = [b!, c!].map(({ inputs }) =>
      inputs.slice(0, 2).map((input) => named(input).inputs[0]),
    );
    expect(factors).toEqual([
      ['a', '@input_1'],
      ['a', 'b'],
    ]);
    expect(b!.inputs[0]).toBe(c!.inputs[0]);
    expect(b!.inputs[2]).toBe('^fence');
    expect(result.filter(({ op }) => op === 'Cast')).toHaveLength(5);
  });

  it('have float32 results under the old names, so that nothing else changes', () => {
    for (const name of ['a', 'd']) expect(named(name)).toBe(nodes.find((own) => own.name === name));
    for (const name of ['b', 'c']) {
      expect(named(name)).toMatchObject({ op: 'Cast' });
      expect(named(name).attrs['DstT']).toEqual(T);
    }
  });

  it('come after what they read', () => {
    const seen = new Set(['@input_0', '@input_1', '^fence']);
    for (const { name, inputs } of result) {
      for (const input of inputs) expect(seen).toContain(input);
      seen.add(name);
    }
  });
});
