/**
 * Operations of the kit's own for the native library (`native/kernels`): each does in one pass over
 * memory what takes a dozen operations otherwise. There are none on a GPU and on other backends, so
 * whoever uses one has a way without.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dataType, type NativeBackend, type OpAttribute } from './recorder.ts';

let loaded: string | null = null;

/** For whoever loads the native library: which build of them runs on the device that it uses. */
export function announceKernels(build: string | null): void {
  loaded = build;
}

/** The build that `runKernel` calls on the backend that runs; null if there is none. */
export function runningKernels(): string | null {
  return tf.getBackend() === 'tensorflow' ? loaded : null;
}

/** Whether `runKernel` can be called on the backend that runs. */
export function hasKernels(): boolean {
  return runningKernels() !== null;
}

/** Attributes of an operation: its integers, and the types of its inputs where those may differ. */
export interface KernelAttributes {
  readonly integers?: Readonly<Record<string, number>>;
  readonly types?: Readonly<Record<string, tf.DataType>>;
}

/** @returns its outputs */
export function runKernel(
  name: string,
  inputs: readonly tf.Tensor[],
  { outputs = 1, integers = {}, types = {} }: KernelAttributes & { readonly outputs?: number } = {},
): tf.Tensor[] {
  const backend = tf.backend() as unknown as NativeBackend;
  const { binding } = backend;
  const attributes: OpAttribute[] = [
    ...Object.entries(integers).map(([name, value]) => {
      return { name, type: binding.TF_ATTR_INT!, value };
    }),
    ...Object.entries(types).map(([name, type]) => {
      return { name, type: binding.TF_ATTR_TYPE!, value: dataType(type) };
    }),
  ];
  const ids = backend.getInputTensorIds([...inputs]);
  return binding
    .executeOp(name, attributes, ids, outputs)
    .map((output) => backend.createOutputTensor(output));
}
