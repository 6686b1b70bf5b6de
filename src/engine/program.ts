/**
 * Recorded functions over shared variables: what `tf.function` is to TensorFlow, for TensorFlow.js on
 * Node. Each function runs a few times, recorded, and from then on as a graph of the native library:
 * its operations are scheduled, fused and freed there, and variables never leave it.
 *
 * A function may have a part that is computed several times side by side, each time of inputs of its
 * own: on the library's threads they run at once, as the replicas of data-parallel training do. The
 * sizes of a part's inputs may differ from call to call; everything else about a graph is as static as
 * the code that was recorded. A JavaScript number that changes must be an input.
 *
 * All functions of a program lie in one SavedModel, because sessions share no variables. On other
 * backends the same functions run operation by operation.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { writeFileAtomic } from '../files.ts';
import { withBfloat16Products } from './bfloat16.ts';
import { addConstant, emptyGraph, layOut, type Graph } from './graph.ts';
import { attr, DataType, encodeSavedModel } from './protobuf.ts';
import { dataType, emptyRecording, nativeId, outputOf, record } from './recorder.ts';
import type { NativeBackend, RecordedNode } from './recorder.ts';
import { generalise, samplePoints, type SizedNode, type Sizes } from './sizes.ts';

/** What is computed `count` times, side by side; it reads variables, but assigns none. */
export interface Part {
  readonly count: number;
  /** Names of the sizes that may differ between calls and parts, and the smallest of each. */
  readonly smallest: Sizes;
  /** Inputs of such sizes, with any values. */
  readonly inputs: (sizes: Sizes) => readonly tf.Tensor[];
  /** The shapes of its outputs must not depend on the sizes. */
  readonly body: (inputs: readonly tf.Tensor[]) => readonly tf.Tensor[];
}

export interface ProgramFunction {
  readonly name: string;
  readonly part?: Part;
  /** Examples of the inputs; calls must have the same shapes and dtypes. */
  readonly inputs: readonly tf.Tensor[];
  /**
   * @param parts outputs of each part
   * @returns the outputs, at least one, all of them computed; may assign the program's variables
   */
  readonly body: (
    inputs: readonly tf.Tensor[],
    parts: readonly (readonly tf.Tensor[])[],
  ) => readonly tf.Tensor[];
}

export interface Program {
  /**
   * Calls a function and returns the values of its outputs.
   * @param parts inputs of each part
   */
  call(
    name: string,
    inputs: readonly tf.Tensor[],
    parts?: readonly (readonly tf.Tensor[])[],
  ): Float32Array[];
  /** Values of the variables, in their order. */
  read(): Float32Array[];
  dispose(): void;
}

export const PRECISIONS = ['fp32', 'bf16'] as const;
/** bf16: matrix products of the parts in bfloat16, variables and all else in float32. */
export type Precision = (typeof PRECISIONS)[number];

/** Whether functions can be recorded on the backend that runs. */
export function canRecord(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/**
 * Takes `variables` over: the caller uses them in the functions, and nowhere else.
 * @throws Error if bf16 is asked for where functions are not recorded
 */
export function createProgram(
  variables: readonly tf.Variable[],
  functions: readonly ProgramFunction[],
  precision: Precision = 'fp32',
): Program {
  if (canRecord()) return recordProgram(variables, functions, precision);
  if (precision !== 'fp32') throw new Error(`${precision} needs the tensorflow backend`);
  return eagerProgram(variables, functions);
}

/** A program that runs operation by operation. */
export function eagerProgram(
  variables: readonly tf.Variable[],
  functions: readonly ProgramFunction[],
): Program {
  return {
    call: (name, inputs, parts = []) =>
      tf.tidy(() => {
        const { part, body } = functionOf(functions, name, parts.length);
        const outputs = parts.map((own) => tf.tidy(() => [...part!.body(own)]));
        return body(inputs, outputs).map((output) => output.dataSync<'float32'>());
      }),
    read: () => variables.map((variable) => variable.dataSync<'float32'>()),
    dispose: () => tf.dispose([...variables]),
  };
}

/** A program of graphs. */
export function recordProgram(
  variables: readonly tf.Variable[],
  functions: readonly ProgramFunction[],
  precision: Precision = 'fp32',
): Program {
  const backend = tf.backend() as unknown as NativeBackend;
  const { binding } = backend;
  const graph = emptyGraph();
  variables.forEach((variable, i) => addVariable(graph, variable, i));
  const outputs = new Map(
    functions.map((func) => [
      func.name,
      addFunction(backend, { graph, variables, func, precision }),
    ]),
  );
  const session = loadGraph(backend, graph);

  const run = (feeds: readonly (readonly [string, tf.Tensor])[], fetches: readonly string[]) => {
    const ids = feeds.map(([, tensor]) => nativeId(backend, tensor));
    const names = feeds.map(([name]) => `${name}:0`).join();
    const results = binding.runSavedModel(session, ids, names, fetches.map((f) => `${f}:0`).join());
    return results.map(({ id }) => {
      const values = binding.tensorDataSync(id) as Float32Array;
      binding.deleteTensor(id);
      return values;
    });
  };
  variables.forEach((variable, i) => run([[`write_${i}`, variable]], [`written_${i}`]));
  tf.dispose([...variables]);

  return {
    call(name, inputs, parts = []) {
      functionOf(functions, name, parts.length);
      const feeds = parts.flatMap((own, part) =>
        own.map((tensor, i) => [inputName(partPrefix(name, part), i), tensor] as const),
      );
      const shared = inputs.map((tensor, i) => [inputName(`${name}/`, i), tensor] as const);
      return run([...shared, ...feeds], outputs.get(name)!);
    },
    read: () =>
      run(
        [],
        variables.map((_, i) => readName(i)),
      ),
    dispose: () => binding.deleteSavedModel(session),
  };
}

function functionOf(
  functions: readonly ProgramFunction[],
  name: string,
  parts: number,
): ProgramFunction {
  const func = functions.find((func) => func.name === name);
  if (func === undefined) throw new Error(`the program has no function ${name}`);
  const count = func.part?.count ?? 0;
  if (parts !== count) throw new Error(`${name} takes ${count} parts, not ${parts}`);
  return func;
}

/** A variable with its reading, and its writing from a placeholder. */
function addVariable(graph: Graph, variable: tf.Variable, i: number): void {
  const dtype = attr.type(dataType(variable.dtype));
  const shape = attr.shape(variable.shape);
  const shared = { shared_name: attr.string(`variable_${i}`), container: attr.string('') };
  const add = (op: string, name: string, inputs: string[], attrs = {}): string =>
    graph.add(op, inputs, { attrs, name });
  const handle = add('VarHandleOp', `variable_${i}`, [], { dtype, shape, ...shared });
  const placeholder = add('Placeholder', `write_${i}`, [], { dtype, shape });
  const assign = add('AssignVariableOp', `assign_${i}`, [handle, placeholder], { dtype });
  // Only tensors can be fetched, so a constant stands for the assignment.
  const one = addConstant(graph, {
    dtype: DataType.float32,
    shape: [],
    values: Float32Array.of(1),
  });
  add('Identity', `written_${i}`, [one, `^${assign}`], { T: attr.type(DataType.float32) });
  add('ReadVariableOp', readName(i), [handle], { dtype });
}

interface FunctionToAdd {
  readonly graph: Graph;
  readonly variables: readonly tf.Variable[];
  readonly func: ProgramFunction;
  readonly precision: Precision;
}

/** Adds the nodes of one function and returns the names of its outputs. */
function addFunction(
  backend: NativeBackend,
  { graph, variables, func, precision }: FunctionToAdd,
): readonly string[] {
  const { name, part } = func;
  const reads = new Map(variables.map((_, i) => [`@${readName(i)}`, readName(i)]));
  return tf.tidy(() => {
    const recorded = part && recordPart(backend, part, { variables, precision });
    const parts = Array.from({ length: part?.count ?? 0 }, (_, i) =>
      addPart(graph, recorded!, { prefix: partPrefix(name, i), reads }),
    );
    const inputs = new Map(reads);
    func.inputs.forEach((tensor, i) => {
      const placeholder = inputName(`${name}/`, i);
      addPlaceholder(graph, placeholder, { dtype: dataType(tensor.dtype), shape: tensor.shape });
      inputs.set(`@input_${i}`, placeholder);
    });
    parts.forEach((outputs, p) => outputs.forEach((o, i) => inputs.set(`@part_${p}_${i}`, o)));

    const before = variables.map((variable) => tf.clone(variable));
    try {
      const examples = parts.map(() => recorded!.examples.map(copied));
      const recording = emptyRecording();
      bindAll(backend, recording, func.inputs, (i) => `@input_${i}`);
      bindAll(backend, recording, variables, (i) => `@${readName(i)}`);
      examples.forEach((own, p) => bindAll(backend, recording, own, (i) => `@part_${p}_${i}`));
      const nameOf = (tensor: tf.Tensor): string => outputOf(backend, recording, tensor);
      const { results, outputs, values } = record(backend, recording, () => {
        const results = func.body(func.inputs, examples);
        return { results, outputs: results.map(nameOf), values: variables.map(nameOf) };
      });
      if (results.length === 0) throw new Error(`${name} returns nothing that could be fetched`);
      const prefix = `${name}/`;
      const resolve = layOut(graph, recording.nodes, { prefix, inputs, sizes: {} });
      const assigns = variables.flatMap((variable, i) => {
        const value = resolve(values[i]!);
        if (value === readName(i)) return [];
        const attrs = { dtype: attr.type(dataType(variable.dtype)) };
        // After the one reading of the variable, which might otherwise see the new value.
        const from = [`variable_${i}`, value, `^${readName(i)}`];
        return [`^${graph.add('AssignVariableOp', from, { attrs })}`];
      });
      return results.map((tensor, i) => {
        const output = resolve(outputs[i]!);
        const attrs = { T: attr.type(dataType(tensor.dtype)) };
        return graph.add('Identity', [output, ...assigns], { attrs, name: `${prefix}output_${i}` });
      });
    } finally {
      variables.forEach((variable, i) => variable.assign(before[i]!));
    }
  });
}

interface RecordedPart {
  readonly nodes: readonly SizedNode[];
  /** Of its outputs, in the recording. */
  readonly outputs: readonly string[];
  /** Output tensors of one recording. */
  readonly examples: readonly tf.Tensor[];
  readonly dtypes: readonly number[];
  readonly ranks: readonly number[];
  /** By size, an input and an axis whose extent it is. */
  readonly sources: Readonly<Record<string, readonly [input: number, axis: number]>>;
}

function recordPart(
  backend: NativeBackend,
  { smallest, inputs, body }: Part,
  { variables, precision }: Pick<FunctionToAdd, 'variables' | 'precision'>,
): RecordedPart {
  const runs = samplePoints(smallest).map((sizes, run) => {
    const tensors = inputs(sizes);
    const recording = emptyRecording();
    bindAll(backend, recording, tensors, (i) => `@input_${i}`);
    bindAll(backend, recording, variables, (i) => `@${readName(i)}`);
    const nameOf = (tensor: tf.Tensor): string => outputOf(backend, recording, tensor);
    const { results, outputs } = record(backend, recording, () => {
      const results = tf.tidy(() => [...body(tensors)]);
      return { results, outputs: results.map(nameOf) };
    });
    variables.forEach((variable, i) => {
      if (outputOf(backend, recording, variable) !== `@${readName(i)}`) {
        throw new Error('a part assigns a variable');
      }
    });
    const shapes = results.map(({ shape }) => shape);
    if (run > 0) tf.dispose([...results]);
    const nodes: readonly RecordedNode[] = recording.nodes;
    return { sizes, tensors, nodes, outputs, results, shapes };
  });
  const [first] = runs as [(typeof runs)[0]];
  for (const { shapes } of runs) {
    if (shapes.some((shape, i) => shape.join() !== first.shapes[i]!.join())) {
      throw new Error('the shape of an output of a part depends on the sizes');
    }
  }
  const sources = Object.fromEntries(
    Object.keys(smallest).map((name) => {
      for (const [input, { rank }] of first.tensors.entries()) {
        for (let axis = 0; axis < rank; axis++) {
          const is = runs.every(
            ({ tensors, sizes }) => tensors[input]!.shape[axis] === sizes[name],
          );
          if (is) return [name, [input, axis] as const];
        }
      }
      throw new Error(`no input has an axis of the size ${name}`);
    }),
  );
  const nodes = generalise(runs);
  return {
    nodes: precision === 'bf16' ? withBfloat16Products(nodes) : nodes,
    outputs: first.outputs,
    examples: first.results,
    dtypes: first.tensors.map(({ dtype }) => dataType(dtype)),
    ranks: first.tensors.map(({ rank }) => rank),
    sources,
  };
}

/** @returns the names of its outputs */
function addPart(
  graph: Graph,
  part: RecordedPart,
  { prefix, reads }: { prefix: string; reads: ReadonlyMap<string, string> },
): string[] {
  const inputs = new Map(reads);
  part.dtypes.forEach((dtype, i) => {
    const name = inputName(prefix, i);
    addPlaceholder(graph, name, { dtype, shape: Array<number>(part.ranks[i]!).fill(-1) });
    inputs.set(`@input_${i}`, name);
  });
  const sizes = Object.fromEntries(
    Object.entries(part.sources).map(([name, [input, axis]]) => [
      name,
      addSize(graph, { tensor: inputName(prefix, input), dtype: part.dtypes[input]!, axis }),
    ]),
  );
  return part.outputs.map(layOut(graph, part.nodes, { prefix, inputs, sizes }));
}

function addPlaceholder(
  graph: Graph,
  name: string,
  { dtype, shape }: { dtype: number; shape: readonly number[] },
): void {
  graph.add('Placeholder', [], {
    attrs: { dtype: attr.type(dtype), shape: attr.shape(shape) },
    name,
  });
}

/** The extent of an axis, a scalar. */
function addSize(
  graph: Graph,
  { tensor, dtype, axis }: { tensor: string; dtype: number; axis: number },
): string {
  const at = (value: number): string =>
    addConstant(graph, { dtype: DataType.int32, shape: [1], values: Int32Array.of(value) });
  const int32 = attr.type(DataType.int32);
  const shape = graph.add('Shape', [tensor], { attrs: { T: attr.type(dtype), out_type: int32 } });
  return graph.add('StridedSlice', [shape, at(axis), at(axis + 1), at(1)], {
    attrs: { T: int32, Index: int32, shrink_axis_mask: attr.int(1) },
  });
}

function bindAll(
  backend: NativeBackend,
  recording: ReturnType<typeof emptyRecording>,
  tensors: readonly tf.Tensor[],
  nameOf: (i: number) => string,
): void {
  tensors.forEach((tensor, i) => recording.bind(nativeId(backend, tensor), nameOf(i)));
}

/** A tensor with an id of its own. */
function copied(tensor: tf.Tensor): tf.Tensor {
  return tf.tensor(tensor.dataSync(), tensor.shape, tensor.dtype);
}

function partPrefix(name: string, part: number): string {
  return `${name}/part_${part}/`;
}

function inputName(prefix: string, i: number): string {
  return `${prefix}input_${i}`;
}

function readName(i: number): string {
  return `read_${i}`;
}

function loadGraph(backend: NativeBackend, graph: Graph): number {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kit-graph-'));
  try {
    writeFileAtomic(path.join(folder, 'saved_model.pb'), encodeSavedModel(graph.nodes));
    return backend.binding.loadSavedModel(folder, 'serve');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
