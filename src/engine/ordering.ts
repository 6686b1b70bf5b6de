/**
 * Operations in turn. A recorded graph runs whatever is ready at once and keeps all results until they
 * are read; code that computes in blocks to save memory must say that one block follows another.
 * Where nothing is recorded, code runs in the order in which it is written anyway.
 */
import * as tf from '@tensorflow/tfjs-core';
import { nativeId, recordedGraph, type NativeBackend } from './recorder.ts';

/** Runs `body` and returns what it returns. */
export type Turn = <T extends tf.TensorContainer>(body: () => T) => T;

/**
 * Bodies called by the result run in turn: an operation of one starts only when all tensors that the
 * one before it returned are there, and `first` before any.
 * @param lanes bodies take turns in this many lanes; those of different lanes run side by side
 */
export function inTurn(first: readonly tf.Tensor[] = [], lanes = 1): Turn {
  const graph = recordedGraph();
  if (graph === null) return (body) => body();
  const backend = tf.backend() as unknown as NativeBackend;
  const fenceBehind = (tensors: readonly tf.Tensor[]): string | null => {
    const outputs = tensors.flatMap((tensor) => graph.outputOf(nativeId(backend, tensor)) ?? []);
    const nodes = new Set(outputs.map((output) => `^${output.split(':')[0]}`));
    return nodes.size === 0 ? null : graph.add('NoOp', [...nodes], {});
  };
  const fences = new Array<string | null>(lanes).fill(fenceBehind(first));
  let turns = 0;
  return (body) => {
    const lane = turns++ % lanes;
    const result = graph.behind(fences[lane]!, body);
    fences[lane] = fenceBehind(tensorsIn(result));
    return result;
  };
}

function tensorsIn(container: tf.TensorContainer): tf.Tensor[] {
  if (container instanceof tf.Tensor) return [container];
  if (typeof container !== 'object' || container === null) return [];
  return Object.values(container).flatMap((part: tf.TensorContainer) => tensorsIn(part));
}
