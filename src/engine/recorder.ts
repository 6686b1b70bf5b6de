/**
 * Recording what tensor code does, operation by operation, as nodes of a TensorFlow graph.
 *
 * All operations of tfjs-node pass one function of its native binding, `executeOp(name, attributes,
 * input ids, output count)`. While a recording lasts, that function also notes each call as a node.
 * Tensors named beforehand become placeholders or variables; tensors made from values while recording
 * become constants; any other tensor is older than the recording, and refused.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { attr, DataType, type AttrValue, type GraphNode } from './protobuf.ts';

/** An attribute as tfjs-node hands it to its binding. */
interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

interface OutputInfo {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** What tfjs-node's binding offers, as far as it is used here. */
export interface NativeBinding {
  executeOp(
    name: string,
    attributes: OpAttribute[],
    inputs: number[],
    outputCount: number,
  ): OutputInfo[];
  createTensor(shape: number[], dtype: number, values: ArrayBufferView): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(
    id: number,
    inputs: number[],
    inputNames: string,
    outputNames: string,
  ): OutputInfo[];
  readonly [constant: `TF_${string}`]: number;
}

/** The parts of tfjs-node's backend that recording needs. */
export interface NativeBackend {
  binding: NativeBinding;
  getInputTensorIds(tensors: tf.Tensor[]): number[];
}

/**
 * Runs `body` and returns what it returns; the operations it ran are appended to `graph`.
 * @throws Error if an operation reads an older tensor that is not bound, or can't be encoded
 */
export function record<T>(backend: NativeBackend, graph: GraphBuilder, body: () => T): T {
  const { binding } = backend;
  backend.binding = recordingBinding(binding, graph);
  recorded = graph;
  try {
    return body();
  } finally {
    backend.binding = binding;
    recorded = null;
  }
}

let recorded: GraphBuilder | null = null;

/** The graph that is being recorded, if one is. */
export function recordedGraph(): GraphBuilder | null {
  return recorded;
}

/** The id under which the native library knows `tensor`. */
export function nativeId(backend: NativeBackend, tensor: tf.Tensor): number {
  return backend.getInputTensorIds([tensor])[0]!;
}

/** Nodes of a graph, and which of their outputs the native tensors of a recording are. */
export interface GraphBuilder {
  readonly nodes: readonly GraphNode[];
  add(op: string, inputs: readonly string[], attrs: GraphNode['attrs'], name?: string): string;
  /**
   * Runs `body`; those of its nodes that read no other of them start only after the node `fence`.
   * Constants are exempt, so that they can be shared.
   */
  behind<T>(fence: string | null, body: () => T): T;
  /** From now on, the native tensor `id` is the output called `output`. */
  bind(id: number, output: string): void;
  /** The output that the native tensor `id` is, if it is one. */
  outputOf(id: number): string | undefined;
  /** Forgets all bindings; the nodes stay. */
  unbind(): void;
}

export function graphBuilder(): GraphBuilder {
  const nodes: GraphNode[] = [];
  const outputs = new Map<number, string>();
  let scope: { readonly fence: string; readonly from: number } | null = null;
  const indices = new Map<string, number>();
  const isInside = (input: string, from: number): boolean =>
    indices.get(input.replace(/^\^|:.*$/g, ''))! >= from;
  return {
    nodes,
    add(op, inputs, attrs, name = `${op}_${nodes.length}`) {
      const { fence, from } = scope ?? { fence: null, from: 0 };
      const free = fence !== null && op !== 'Const' && !inputs.some((i) => isInside(i, from));
      nodes.push({ name, op, inputs: free ? [...inputs, `^${fence}`] : inputs, attrs });
      if (op !== 'Const') indices.set(name, nodes.length - 1);
      return name;
    },
    behind(fence, body) {
      const outer = scope;
      if (fence !== null) scope = { fence, from: nodes.length };
      try {
        return body();
      } finally {
        scope = outer;
      }
    },
    bind: (id, output) => void outputs.set(id, output),
    outputOf: (id) => outputs.get(id),
    unbind: () => outputs.clear(),
  };
}

function recordingBinding(binding: NativeBinding, graph: GraphBuilder): NativeBinding {
  /** Shape and dtype of tensors made from values while recording. */
  const made = new Map<number, { shape: number[]; dtype: number }>();
  const inputOf = (id: number): string => {
    const known = graph.outputOf(id);
    if (known !== undefined) return known;
    const name = addConstant(binding, graph, id, made.get(id));
    graph.bind(id, name);
    return name;
  };
  // A copy, because the properties of a native module can neither be overridden nor be proxied.
  const properties = Object.getOwnPropertyNames(binding) as (keyof NativeBinding)[];
  const copy = Object.fromEntries(properties.map((name) => [name, binding[name]]));
  return Object.assign(copy as unknown as NativeBinding, {
    createTensor(shape: number[], dtype: number, values: ArrayBufferView) {
      const id = binding.createTensor(shape, dtype, values);
      made.set(id, { shape: [...shape], dtype });
      return id;
    },
    executeOp(op: string, attributes: OpAttribute[], ids: number[], outputCount: number) {
      const inputs = ids.map(inputOf);
      const attrs = Object.fromEntries(
        attributes.map((attribute) => [attribute.name, encodeAttribute(binding, op, attribute)]),
      );
      const name = graph.add(op, inputs, attrs);
      const outputs = binding.executeOp(op, attributes, ids, outputCount);
      outputs.forEach(({ id }, i) => graph.bind(id, i === 0 ? name : `${name}:${i}`));
      return outputs;
    },
  });
}

function addConstant(
  binding: NativeBinding,
  graph: GraphBuilder,
  id: number,
  info: { shape: number[]; dtype: number } | undefined,
): string {
  if (info === undefined) {
    throw new Error(
      'a recorded function reads a tensor that was made before the recording: ' +
        'pass it as an input, or make it inside',
    );
  }
  const { shape, dtype } = info;
  const values = binding.tensorDataSync(id);
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return graph.add('Const', [], {
    dtype: attr.type(dtype),
    value: attr.tensor(dtype, shape, content),
  });
}

function encodeAttribute(binding: NativeBinding, op: string, attribute: OpAttribute): AttrValue {
  const { name, type, value } = attribute;
  const list = Array.isArray(value);
  if (type === binding.TF_ATTR_STRING && !list) return attr.string(value as string);
  if (type === binding.TF_ATTR_INT) return list ? attr.ints(value) : attr.int(value as number);
  if (type === binding.TF_ATTR_FLOAT)
    return list ? attr.floats(value) : attr.float(value as number);
  if (type === binding.TF_ATTR_BOOL && !list) return attr.bool(value as boolean);
  if (type === binding.TF_ATTR_TYPE && !list) return attr.type(value as number);
  if (type === binding.TF_ATTR_SHAPE && !list) return attr.shape(value as number[]);
  throw new Error(`operation ${op} can't be recorded: its attribute ${name} has type ${type}`);
}

/** DataType of a tfjs dtype. @throws Error for those that recorded functions do not take */
export function dataType(dtype: tf.DataType): number {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return DataType[dtype];
  throw new Error(`tensors of dtype ${dtype} can't be recorded`);
}
