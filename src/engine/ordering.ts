/**
 * Code that runs in turn. A recorded graph starts whatever is ready and keeps all results until they are
 * read; what is computed in blocks to save memory must say that one block comes after another. Where
 * nothing is recorded, code runs in the order in which it is written anyway.
 */
import * as tf from '@tensorflow/tfjs-core';
import { nodeOf } from './names.ts';
import { currentRecording, nativeId, type NativeBackend } from './recorder.ts';

/** Runs `body` and returns what it returns. */
export type Turn = <T extends tf.TensorContainer>(body: () => T) => T;

/**
 * The operations of a body that is called through the result start only when all tensors which the body
 * before it returned are there, and for the first ones `after`. Exempt is what reads nothing
 * but constants: the library computes it beforehand, so make it before the turns, once for all.
 */
export function inTurn(after: readonly tf.Tensor[] = []): Turn {
  const recording = currentRecording();
  if (recording === null) return (body) => body();
  const backend = tf.backend() as unknown as NativeBackend;
  const fenceBehind = (tensors: readonly tf.Tensor[]): string | null => {
    const outputs = tensors.flatMap(
      (tensor) => recording.outputOf(nativeId(backend, tensor)) ?? [],
    );
    const nodes = new Set(outputs.map((output) => `^${nodeOf(output)}`));
    return nodes.size === 0 ? null : recording.add({ op: 'NoOp', inputs: [...nodes], attrs: {} });
  };
  let fence = fenceBehind(after);
  return (body) => {
    const result = recording.behind(fence, body);
    fence = fenceBehind(tensorsIn(result));
    return result;
  };
}

function tensorsIn(container: tf.TensorContainer): tf.Tensor[] {
  if (container instanceof tf.Tensor) return [container];
  if (typeof container !== 'object' || container === null) return [];
  return Object.values(container).flatMap((part: tf.TensorContainer) => tensorsIn(part));
}
