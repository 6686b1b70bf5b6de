/**
 * Matrix products in bfloat16, everything else in float32, as PyTorch's autocast has it: factors are
 * rounded to 8 bits of mantissa, sums are kept in float32 inside the product, and results rounded once.
 */
import { attr, DataType } from './protobuf.ts';
import type { SizedNode } from './sizes.ts';

const PRODUCTS = new Set(['BatchMatMulV2', 'MatMul']);

/** The same operations with every product of float32 matrices in bfloat16. */
export function withBfloat16Products(nodes: readonly SizedNode[]): SizedNode[] {
  const result: SizedNode[] = [];
  const rounded = new Map<string, string>();
  const round = (output: string): string => {
    if (!rounded.has(output)) {
      const name = `Rounded_${rounded.size}`;
      result.push(cast(name, output, [DataType.float32, DataType.bfloat16]));
      rounded.set(output, name);
    }
    return rounded.get(output)!;
  };
  for (const node of nodes) {
    if (!PRODUCTS.has(node.op)) {
      result.push(node);
      continue;
    }
    const [a, b, ...order] = node.inputs as [string, string, ...string[]];
    const inputs = [round(a), round(b), ...order];
    const name = `${node.name}_rounded`;
    result.push({
      ...node,
      name,
      inputs,
      attrs: { ...node.attrs, T: attr.type(DataType.bfloat16) },
      dtypes: [DataType.bfloat16],
    });
    result.push(cast(node.name, name, [DataType.bfloat16, DataType.float32]));
  }
  return result;
}

function cast(name: string, input: string, [from, to]: readonly [number, number]): SizedNode {
  const attrs = { SrcT: attr.type(from), DstT: attr.type(to), Truncate: attr.bool(false) };
  return { name, op: 'Cast', inputs: [input], attrs, dtypes: [to] };
}
