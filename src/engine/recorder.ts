/**
 * Recording what tensor code does, operation by operation, as nodes of a TensorFlow graph.
 *
 * All operations of tfjs-node pass one function of its native binding, `executeOp(name, attributes,
 * input ids, output count)`. While a recording lasts, that function also notes each call as a node.
 * Tensors named beforehand become placeholders or variables; tensors made from values while recording
 * become constants; any other tensor is older than the recording, and refused.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { nodeOf } from './names.ts';
import { attr, DataType, type AttrValue, type GraphNode } from './protobuf.ts';

/** An attribute as tfjs-node hands it to its binding. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export interface OutputInfo {
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
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: tf.Tensor[]): tf.Tensor;
  /** A tensor of a native one, which belongs to it from then on. */
  createOutputTensor(output: OutputInfo): tf.Tensor;
}

/** An operation of a recording; a constant has its values beside it instead of in an attribute. */
export interface RecordedNode extends GraphNode {
  readonly constant?: Constant;
  /** Of its outputs. */
  readonly dtypes?: readonly number[];
}

export interface Constant {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** Operations in the order in which they ran, and which of their outputs the native tensors are. */
export interface Recording {
  readonly nodes: readonly RecordedNode[];
  /** @returns its name, which is that of its first output too */
  add(node: Omit<RecordedNode, 'name'>): string;
  /**
   * Runs `body`; those of its operations that read no other of them start only after the operation
   * `fence`. Constants are exempt, so that they can be shared.
   */
  behind<T>(fence: string | null, body: () => T): T;
  /** From now on, the native tensor `id` is the output called `output`. */
  bind(id: number, output: string): void;
  /** The output that the native tensor `id` is, if it is one. */
  outputOf(id: number): string | undefined;
  /** Shape and dtype of the native tensors made from values while recording, by id. */
  readonly made: Map<number, Pick<Constant, 'shape' | 'dtype'>>;
}

export function emptyRecording(): Recording {
  const nodes: RecordedNode[] = [];
  const outputs = new Map<number, string>();
  let scope: { readonly fence: string; readonly from: number } | null = null;
  const indices = new Map<string, number>();
  const isInside = (input: string, from: number): boolean => indices.get(nodeOf(input))! >= from;
  return {
    nodes,
    add(node) {
      const name = `${node.op}_${nodes.length}`;
      const { fence, from } = scope ?? { fence: null, from: 0 };
      const isFirst = fence !== null && !node.inputs.some((input) => isInside(input, from));
      const waits = isFirst && node.op !== 'Const';
      nodes.push({ ...node, name, inputs: waits ? [...node.inputs, `^${fence}`] : node.inputs });
      if (node.op !== 'Const') indices.set(name, nodes.length - 1);
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
    made: new Map(),
  };
}

/**
 * Runs `body` and returns what it returns; the operations it ran are appended to `recording`.
 * @throws Error if an operation reads an older tensor that is not bound, or can't be encoded
 */
export function record<T>(backend: NativeBackend, recording: Recording, body: () => T): T {
  const { binding } = backend;
  backend.binding = recordingBinding(binding, recording);
  current = recording;
  try {
    return body();
  } finally {
    backend.binding = binding;
    current = null;
  }
}

let current: Recording | null = null;

/** The recording that lasts, if one does. */
export function currentRecording(): Recording | null {
  return current;
}

/** The output that `tensor` is. @throws Error if it is older than the recording, and not bound */
export function outputOf(backend: NativeBackend, recording: Recording, tensor: tf.Tensor): string {
  return outputNamed(backend.binding, recording, nativeId(backend, tensor));
}

/** Names tensors that are there before the recording: its inputs. */
export function bindAll(
  backend: NativeBackend,
  recording: Recording,
  { tensors, nameOf }: { tensors: readonly tf.Tensor[]; nameOf: (i: number) => string },
): void {
  tensors.forEach((tensor, i) => recording.bind(nativeId(backend, tensor), nameOf(i)));
}

/** The id under which the native library knows `tensor`. */
export function nativeId(backend: NativeBackend, tensor: tf.Tensor): number {
  return backend.getInputTensorIds([tensor])[0]!;
}

function recordingBinding(binding: NativeBinding, recording: Recording): NativeBinding {
  // A copy, because the properties of a native module can neither be overridden nor be proxied.
  const properties = Object.getOwnPropertyNames(binding) as (keyof NativeBinding)[];
  const copy = Object.fromEntries(properties.map((name) => [name, binding[name]]));
  return Object.assign(copy as unknown as NativeBinding, {
    createTensor(shape: number[], dtype: number, values: ArrayBufferView) {
      const id = binding.createTensor(shape, dtype, values);
      recording.made.set(id, { shape: [...shape], dtype });
      return id;
    },
    executeOp(op: string, attributes: OpAttribute[], ids: number[], outputCount: number) {
      const inputs = ids.map((id) => outputNamed(binding, recording, id));
      const attrs = Object.fromEntries(
        attributes.map((attribute) => [attribute.name, encodeAttribute(binding, op, attribute)]),
      );
      const outputs = binding.executeOp(op, attributes, ids, outputCount);
      const name = recording.add({ op, inputs, attrs, dtypes: outputs.map(({ dtype }) => dtype) });
      outputs.forEach(({ id }, i) => recording.bind(id, i === 0 ? name : `${name}:${i}`));
      return outputs;
    },
  });
}

/** The output that a native tensor is; a tensor made while recording becomes a constant. */
function outputNamed(binding: NativeBinding, recording: Recording, id: number): string {
  const known = recording.outputOf(id);
  if (known !== undefined) return known;
  const made = recording.made.get(id);
  if (made === undefined) {
    throw new Error(
      'a recorded function uses a tensor that was made before the recording: ' +
        'pass it as an input, or make it inside',
    );
  }
  // A copy, because the values may lie in memory that is used again.
  const constant = { ...made, values: binding.tensorDataSync(id).slice() };
  const name = recording.add({ op: 'Const', inputs: [], attrs: {}, constant });
  recording.bind(id, name);
  return name;
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
