/** Laying recorded operations out as nodes of a graph, with numbers that depend on sizes computed. */
import { nodeOf, readName } from './names.ts';
import { attr, DataType, type GraphNode } from './protobuf.ts';
import type { Constant } from './recorder.ts';
import type { Polynomial, SizedConstant, SizedNode } from './sizes.ts';

export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** @returns `name`, or one made up */
  add(op: string, inputs: readonly string[], options: NodeOptions): string;
  /** DataType of an output. */
  dtypeOf(output: string): number;
}

export interface NodeOptions {
  readonly attrs?: GraphNode['attrs'];
  readonly name?: string;
  /** DataTypes of the outputs, for those that a loop may read. */
  readonly dtypes?: readonly number[];
}

export function emptyGraph(): Graph {
  const nodes: GraphNode[] = [];
  const dtypesOf = new Map<string, readonly number[]>();
  return {
    nodes,
    add(op, inputs, { attrs = {}, name = `${op}__${nodes.length}`, dtypes = [] }) {
      nodes.push({ name, op, inputs, attrs });
      dtypesOf.set(name, dtypes);
      return name;
    },
    dtypeOf(output) {
      const [name, index = '0'] = output.split(':') as [string, string?];
      const dtype = dtypesOf.get(name)?.[Number(index)];
      if (dtype === undefined) throw new Error(`${output} has no dtype`);
      return dtype;
    },
  };
}

export function addConstant(graph: Graph, { dtype, shape, values }: Constant): string {
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const attrs = { dtype: attr.type(dtype), value: attr.tensor(dtype, shape, content) };
  return graph.add('Const', [], { attrs, dtypes: [dtype] });
}

export function addPlaceholder(
  graph: Graph,
  name: string,
  { dtype, shape }: { readonly dtype: number; readonly shape: readonly number[] },
): void {
  const attrs = { dtype: attr.type(dtype), shape: attr.shape(shape) };
  graph.add('Placeholder', [], { attrs, name, dtypes: [dtype] });
}

/** A variable, variable_i, with its reading, and its writing from a placeholder, write_i. */
export function addVariable(
  graph: Graph,
  i: number,
  { dtype, shape }: { readonly dtype: number; readonly shape: readonly number[] },
): void {
  const type = { dtype: attr.type(dtype) };
  const shared = { shared_name: attr.string(`variable_${i}`), container: attr.string('') };
  const handle = graph.add('VarHandleOp', [], {
    attrs: { ...type, shape: attr.shape(shape), ...shared },
    name: `variable_${i}`,
  });
  addPlaceholder(graph, `write_${i}`, { dtype, shape });
  const assign = graph.add('AssignVariableOp', [handle, `write_${i}`], { attrs: type });
  // Only tensors can be fetched, so a constant stands for the assignment.
  const one = addConstant(graph, {
    dtype: DataType.float32,
    shape: [],
    values: Float32Array.of(1),
  });
  const attrs = { T: attr.type(DataType.float32) };
  graph.add('Identity', [one, `^${assign}`], { attrs, name: `written_${i}` });
  graph.add('ReadVariableOp', [handle], { attrs: type, name: readName(i), dtypes: [dtype] });
}

/** The extent of an axis over `times`, a scalar. */
export function addSize(
  graph: Graph,
  {
    tensor,
    dtype,
    axis,
    times,
  }: {
    readonly tensor: string;
    readonly dtype: number;
    readonly axis: number;
    readonly times: number;
  },
): string {
  const integers = (shape: number[], value: number): string =>
    addConstant(graph, { dtype: DataType.int32, shape, values: Int32Array.of(value) });
  const int32 = attr.type(DataType.int32);
  const dtypes = [DataType.int32];
  const attrs = { T: attr.type(dtype), out_type: int32 };
  const shape = graph.add('Shape', [tensor], { attrs, dtypes });
  const range = [integers([1], axis), integers([1], axis + 1), integers([1], 1)];
  const extent = graph.add('StridedSlice', [shape, ...range], {
    attrs: { T: int32, Index: int32, shrink_axis_mask: attr.int(1) },
    dtypes,
  });
  return graph.add('FloorDiv', [extent, integers([], times)], { attrs: { T: int32 }, dtypes });
}

/** What a layout's operations may read from elsewhere in the graph. */
export interface Surroundings {
  /** Before the name of every operation of this layout. */
  readonly prefix: string;
  /** Outputs of the graph by the names that the recording gave its inputs; those begin with "@". */
  readonly inputs: ReadonlyMap<string, string>;
  /** Scalar int32 outputs by the name of the size. */
  readonly sizes: Readonly<Record<string, string>>;
}

/** @returns the graph's name of an output of the recording */
export function layOut(
  graph: Graph,
  nodes: readonly SizedNode[],
  { prefix, inputs, sizes }: Surroundings,
): (output: string) => string {
  const nameOf = (output: string): string => {
    if (output.startsWith('^')) return `^${nodeOf(resolve(output.slice(1)))}`;
    if (!output.startsWith('@')) return prefix + output;
    const known = inputs.get(output);
    if (known === undefined) throw new Error(`${output} is no input of ${prefix}`);
    return known;
  };
  const computed = sizeArithmetic(graph, sizes);
  const constants = new Map<string, string>();
  const constantOf = (constant: Constant, sized: SizedConstant | undefined): string => {
    if (sized !== undefined) {
      return sized.kind === 'integers'
        ? computed.integers(sized.values, sized.scalar)
        : addFill(graph, { ...sized, dims: computed.integers(sized.shape, false) });
    }
    // Gradients of sums multiply by ones of the summed shape.
    if (constant.values.length > 64 && isUniform(constant)) {
      const shape = Int32Array.from(constant.shape);
      const dims = addConstant(graph, {
        dtype: DataType.int32,
        shape: [shape.length],
        values: shape,
      });
      return addFill(graph, { constant, dims });
    }
    return addConstant(graph, constant);
  };
  const renamed = new Map<string, string>();
  const resolve = (output: string): string => renamed.get(output) ?? nameOf(output);
  for (const { name, op, inputs: own, attrs, dtypes, constant, sized } of nodes) {
    if (constant === undefined) {
      graph.add(op, own.map(resolve), { attrs, name: prefix + name, dtypes: dtypes ?? [] });
      continue;
    }
    const key = sized === undefined ? keyOf(constant) : JSON.stringify(sized);
    if (!constants.has(key)) constants.set(key, constantOf(constant, sized));
    renamed.set(name, constants.get(key)!);
  }
  return resolve;
}

/** Nodes that compute polynomials in the sizes, each once. */
function sizeArithmetic(graph: Graph, sizes: Readonly<Record<string, string>>) {
  const known = new Map<string, string>();
  const int32 = { T: attr.type(DataType.int32) };
  const dtypes = [DataType.int32];
  const once = (key: string, make: () => string): string => {
    if (!known.has(key)) known.set(key, make());
    return known.get(key)!;
  };
  const literal = (value: number): string =>
    once(String(value), () =>
      addConstant(graph, { dtype: DataType.int32, shape: [], values: Int32Array.of(value) }),
    );
  const binary = (op: string, a: string, b: string): string =>
    once(`${op} ${a} ${b}`, () => graph.add(op, [a, b], { attrs: int32, dtypes }));
  const scalar = ({ terms }: Polynomial): string =>
    terms
      .map(({ factor, sizes: names }) => {
        const product = names
          .map((name) => sizes[name]!)
          .reduce<string | null>(
            (product, size) => (product === null ? size : binary('Mul', product, size)),
            null,
          );
        if (product === null) return literal(factor);
        return factor === 1 ? product : binary('Mul', product, literal(factor));
      })
      .reduce<string | null>(
        (sum, term) => (sum === null ? term : binary('AddV2', sum, term)),
        null,
      ) ?? literal(0);
  return {
    integers(values: readonly Polynomial[], isScalar: boolean): string {
      const scalars = values.map(scalar);
      if (isScalar) return scalars[0]!;
      return once(`[${scalars.join()}]`, () =>
        graph.add('Pack', scalars, {
          attrs: { ...int32, N: attr.int(scalars.length), axis: attr.int(0) },
          dtypes,
        }),
      );
    },
  };
}

function addFill(graph: Graph, { constant, dims }: { constant: Constant; dims: string }): string {
  const { dtype, values } = constant;
  const value = addConstant(graph, { dtype, shape: [], values: values.slice(0, 1) });
  return graph.add('Fill', [dims, value], {
    attrs: { T: attr.type(dtype), index_type: attr.type(DataType.int32) },
    dtypes: [dtype],
  });
}

function isUniform({ values }: Constant): boolean {
  const [first] = values;
  return values.every((value) => Object.is(value, first));
}

function keyOf({ dtype, shape, values }: Constant): string {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return `${dtype} [${shape.join()}] ${bytes.toString('latin1')}`;
}
