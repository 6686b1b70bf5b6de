/** A graph that is loaded into the native library, with variables of its own. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { makeTemporaryFolder, writeFileAtomic } from '../files.ts';
import { collectGarbage } from './garbage.ts';
import { addVariable, emptyGraph, type Graph } from './graph.ts';
import { encodeSavedModel } from './protobuf.ts';
import { dataType, nativeId, type NativeBackend, type OutputInfo } from './recorder.ts';

/** A node's name and what is fed in its place. */
export type Feed = readonly [name: string, tensor: tf.Tensor];

export interface Session {
  /** Computes the first outputs of nodes; the caller deletes them. */
  run(feeds: readonly Feed[], fetches: readonly string[]): OutputInfo[];
  dispose(): void;
}

/** Nodes of a graph whose recording leaves garbage worth the time of its collection. */
const LARGE = 5_000;

export function graphWith(variables: readonly tf.Variable[]): Graph {
  const graph = emptyGraph();
  variables.forEach(({ dtype, shape }, i) => {
    addVariable(graph, i, { dtype: dataType(dtype), shape });
  });
  return graph;
}

/** Hands the values of `variables` over to those of the graph, and disposes them. */
export function startSession(
  backend: NativeBackend,
  graph: Graph,
  variables: readonly tf.Variable[],
): Session {
  const { binding } = backend;
  const id = load(backend, graph);
  const run: Session['run'] = (feeds, fetches) => {
    const ids = feeds.map(([, tensor]) => nativeId(backend, tensor));
    const names = feeds.map(([name]) => `${name}:0`).join();
    return binding.runSavedModel(id, ids, names, fetches.map((name) => `${name}:0`).join());
  };
  variables.forEach((variable, i) => {
    valuesOf(backend, run([[`write_${i}`, variable]], [`written_${i}`]));
  });
  tf.dispose([...variables]);
  let garbage = graph.nodes.length > LARGE;
  return {
    run(feeds, fetches) {
      // Not before: the caller may still hold the values that the variables began with.
      if (garbage) collectGarbage();
      garbage = false;
      return run(feeds, fetches);
    },
    dispose: () => binding.deleteSavedModel(id),
  };
}

/** Reads outputs, and deletes them. */
export function valuesOf(
  { binding }: NativeBackend,
  outputs: readonly OutputInfo[],
): Float32Array[] {
  return outputs.map(({ id }) => {
    const values = binding.tensorDataSync(id) as Float32Array;
    binding.deleteTensor(id);
    return values;
  });
}

function load(backend: NativeBackend, graph: Graph): number {
  const folder = makeTemporaryFolder('kit-graph-');
  try {
    writeFileAtomic(path.join(folder, 'saved_model.pb'), encodeSavedModel(graph.nodes));
    return backend.binding.loadSavedModel(folder, 'serve');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
