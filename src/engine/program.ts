/**
 * Recorded functions over shared variables: what `tf.function` is to TensorFlow, for TensorFlow.js on
 * Node. Each function runs once, recorded, and from then on as a graph of the native library: its
 * operations are scheduled, fused and freed there, and variables never leave it.
 *
 * All functions of a program lie in one SavedModel, because sessions share no variables. The graphs
 * are as static as the code that was recorded: shapes and JavaScript numbers are part of them, so a
 * function is recorded for each shape of its inputs, and a number that changes must be an input.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { writeFileAtomic } from '../files.ts';
import { attr, encodeSavedModel } from './protobuf.ts';
import { dataType, graphBuilder, nativeId, record } from './recorder.ts';
import type { GraphBuilder, NativeBackend } from './recorder.ts';

export interface ProgramFunction {
  readonly name: string;
  /** Examples of the inputs; calls must have the same shapes and dtypes. */
  readonly inputs: readonly tf.Tensor[];
  /** Returns the outputs, at least one, all of them computed; may assign the program's variables. */
  readonly body: (inputs: readonly tf.Tensor[]) => readonly tf.Tensor[];
}

export interface Program {
  /** Calls a function and returns the values of its outputs. */
  call(name: string, inputs: readonly tf.Tensor[]): Float32Array[];
  /** Values of the variables, in their order. */
  read(): Float32Array[];
  dispose(): void;
}

/** Whether functions can be recorded on the backend that runs. */
export function canRecord(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/**
 * Records `functions` over `variables`, whose values become those of the program; they themselves
 * stay as they are.
 */
export function recordProgram(
  variables: readonly tf.Variable[],
  functions: readonly ProgramFunction[],
): Program {
  const backend = tf.backend() as unknown as NativeBackend;
  const graph = graphBuilder();
  const reads = variables.map((variable, i) => addVariable(graph, variable, i));
  const outputs = new Map(
    functions.map((func) => [
      func.name,
      recordFunction(backend, graph, { variables, reads, func }),
    ]),
  );
  const session = loadGraph(backend, graph);
  const { binding } = backend;

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

  return {
    call(name, inputs) {
      const fetches = outputs.get(name);
      if (fetches === undefined) throw new Error(`the program has no function ${name}`);
      return run(
        inputs.map((tensor, i) => [`${name}_input_${i}`, tensor] as const),
        fetches,
      );
    },
    read: () => run([], reads),
    dispose: () => binding.deleteSavedModel(session),
  };
}

/** A variable with its reading, its writing from a placeholder, and the name of its reading. */
function addVariable(graph: GraphBuilder, variable: tf.Variable, i: number): string {
  const dtype = attr.type(dataType(variable.dtype));
  const shape = attr.shape(variable.shape);
  const shared = { shared_name: attr.string(`variable_${i}`), container: attr.string('') };
  const handle = graph.add('VarHandleOp', [], { dtype, shape, ...shared }, `variable_${i}`);
  const placeholder = graph.add('Placeholder', [], { dtype, shape }, `write_${i}`);
  const assign = graph.add('AssignVariableOp', [handle, placeholder], { dtype }, `assign_${i}`);
  // Only tensors can be fetched, so a constant stands for the assignment.
  const one = graph.add('Const', [], {
    dtype: attr.type(dataType('float32')),
    value: attr.tensor(dataType('float32'), [], new Uint8Array(4)),
  });
  graph.add('Identity', [one, `^${assign}`], { T: attr.type(dataType('float32')) }, `written_${i}`);
  return graph.add('ReadVariableOp', [handle], { dtype }, `read_${i}`);
}

/** Adds the nodes of one function and returns the names of its outputs. */
function recordFunction(
  backend: NativeBackend,
  graph: GraphBuilder,
  {
    variables,
    reads,
    func,
  }: {
    variables: readonly tf.Variable[];
    reads: readonly string[];
    func: ProgramFunction;
  },
): string[] {
  const { name, inputs, body } = func;
  graph.unbind();
  inputs.forEach((tensor, i) => {
    const placeholder = graph.add(
      'Placeholder',
      [],
      { dtype: attr.type(dataType(tensor.dtype)), shape: attr.shape(tensor.shape) },
      `${name}_input_${i}`,
    );
    graph.bind(nativeId(backend, tensor), placeholder);
  });
  variables.forEach((variable, i) => graph.bind(nativeId(backend, variable), reads[i]!));

  const before = variables.map((variable) => tf.clone(variable));
  try {
    return tf.tidy(() => {
      const results = record(backend, graph, () => body(inputs));
      if (results.length === 0) throw new Error(`${name} returns nothing that could be fetched`);
      const assigns = variables.flatMap((variable, i) => {
        const value = graph.outputOf(nativeId(backend, variable));
        if (value === reads[i]) return [];
        if (value === undefined) throw new Error(`${name} assigns a variable no recorded value`);
        const attrs = { dtype: attr.type(dataType(variable.dtype)) };
        // After the one reading of the variable, which might otherwise see the new value.
        const from = [`variable_${i}`, value, `^${reads[i]}`];
        return [`^${graph.add('AssignVariableOp', from, attrs)}`];
      });
      return results.map((tensor, i) => {
        const output = graph.outputOf(nativeId(backend, tensor));
        if (output === undefined) throw new Error(`output ${i} of ${name} was not recorded`);
        const attrs = { T: attr.type(dataType(tensor.dtype)) };
        return graph.add('Identity', [output, ...assigns], attrs, `${name}_output_${i}`);
      });
    });
  } finally {
    variables.forEach((variable, i) => variable.assign(before[i]!));
    tf.dispose(before);
  }
}

function loadGraph(backend: NativeBackend, graph: GraphBuilder): number {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kit-graph-'));
  try {
    writeFileAtomic(path.join(folder, 'saved_model.pb'), encodeSavedModel(graph.nodes));
    return backend.binding.loadSavedModel(folder, 'serve');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
