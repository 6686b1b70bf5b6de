/** Writing into a tensor instead of copying it, for tables that a loop carries. */
import * as tf from '@tensorflow/tfjs-core';
import { currentRecording, dataType, type NativeBackend } from './recorder.ts';

/**
 * `table` [N, …] with `values` [n, …] in place of its rows `at` [n] int32. In a graph nothing is copied:
 * nobody may read `table` any more, and what was handed to the loop is overwritten. (The library would
 * write in place by itself if nobody else held the table, but in a loop somebody always does.)
 */
export function writeRows(table: tf.Tensor, at: tf.Tensor, values: tf.Tensor): tf.Tensor {
  if (currentRecording() === null) {
    return tf.tensorScatterUpdate(table, tf.reshape(at, [-1, 1]), values);
  }
  const backend = tf.backend() as unknown as NativeBackend;
  const type = { name: 'T', type: backend.binding.TF_ATTR_TYPE!, value: dataType(table.dtype) };
  return backend.executeSingleOutput('InplaceUpdate', [type], [table, at, values]);
}
