/**
 * Writing protocol buffers, among them TensorFlow's GraphDef and SavedModel messages: only the fields
 * that a recorded graph needs, with the numbers of TensorFlow's .proto files, named beside each.
 */

/** DataType of types.proto. */
export const DataType = { float32: 1, int32: 3, int64: 9, bool: 10, bfloat16: 14 } as const;

/** An AttrValue message (attr_value.proto), encoded. */
export type AttrValue = Uint8Array & { readonly __attr?: never };

export const attr = {
  string: once((value: string) => bytesField(2, utf8(value))),
  int: once((value: number) => varintField(3, value)),
  float: (value: number): AttrValue => floatField(4, value),
  bool: once((value: boolean) => varintField(5, value ? 1 : 0)),
  type: once((value: number) => varintField(6, value)),
  shape: (shape: readonly number[]): AttrValue => bytesField(7, tensorShape(shape)),
  tensor: (dtype: number, shape: readonly number[], content: Uint8Array): AttrValue =>
    // TensorProto: dtype 1, tensor_shape 2, tensor_content 4
    bytesField(
      8,
      concat(varintField(1, dtype), bytesField(2, tensorShape(shape)), bytesField(4, content)),
    ),
  /** ListValue: i 3, f 4 */
  ints: (values: readonly number[]): AttrValue =>
    bytesField(1, concat(...values.map((value) => varintField(3, value)))),
  floats: (values: readonly number[]): AttrValue =>
    bytesField(1, concat(...values.map((value) => floatField(4, value)))),
};

/** Encodes each of few values once: recordings have tens of thousands of attributes. */
function once<T>(encode: (value: T) => AttrValue): (value: T) => AttrValue {
  const known = new Map<T, AttrValue>();
  return (value) => {
    const encoded = known.get(value) ?? encode(value);
    known.set(value, encoded);
    return encoded;
  };
}

/** node_def.proto; an input is "name", "name:output" or "^name" for order alone. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attrs: Readonly<Record<string, AttrValue>>;
}

/** A SavedModel (saved_model.proto) whose one graph has the tag "serve". */
export function encodeSavedModel(nodes: readonly GraphNode[]): Uint8Array {
  // GraphDef: node 1, versions 4 { producer 1, min_consumer 2 }
  const versions = concat(varintField(1, 1900), varintField(2, 12));
  const graph = concat(
    ...nodes.map((node) => bytesField(1, encodeNode(node))),
    bytesField(4, versions),
  );
  // MetaGraphDef: meta_info_def 1 { tags 4 }, graph_def 2
  const metaGraph = concat(bytesField(1, bytesField(4, utf8('serve'))), bytesField(2, graph));
  // SavedModel: saved_model_schema_version 1, meta_graphs 2
  return concat(varintField(1, 1), bytesField(2, metaGraph));
}

/** NodeDef: name 1, op 2, input 3, attr 5 { key 1, value 2 } */
function encodeNode({ name, op, inputs, attrs }: GraphNode): Uint8Array {
  return concat(
    bytesField(1, utf8(name)),
    bytesField(2, utf8(op)),
    ...inputs.map((input) => bytesField(3, utf8(input))),
    ...Object.entries(attrs).map(([attrName, value]) =>
      bytesField(5, concat(bytesField(1, utf8(attrName)), bytesField(2, value))),
    ),
  );
}

/** TensorShapeProto: dim 2 { size 1 } */
function tensorShape(shape: readonly number[]): Uint8Array {
  return concat(...shape.map((size) => bytesField(2, varintField(1, size))));
}

/** Before a field: its number and wire type (0 varint, 1 eight bytes, 2 length-delimited, 5 four). */
function key(field: number, wireType: number): Uint8Array {
  return varint((field << 3) | wireType);
}

export function varintField(field: number, value: number): Uint8Array {
  return concat(key(field, 0), varint(value));
}

export function bytesField(field: number, value: Uint8Array): Uint8Array {
  return concat(key(field, 2), varint(value.length), value);
}

/** Seven bits a byte, lowest first; negative numbers as 64-bit two's complement. */
function varint(value: number): Uint8Array {
  if (value >= 0 && value < 128) return Uint8Array.of(value);
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

export function floatField(field: number, value: number): Uint8Array {
  return concat(key(field, 5), new Uint8Array(Float32Array.of(value).buffer));
}

export function doubleField(field: number, value: number): Uint8Array {
  return concat(key(field, 1), new Uint8Array(Float64Array.of(value).buffer));
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
