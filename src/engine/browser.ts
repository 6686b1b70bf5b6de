/** Which tensor backend runs in a browser. Needs nothing of Node. */
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** Where the page finds each build of the WebAssembly backend. */
export interface WasmFiles {
  readonly plain: string;
  readonly simd: string;
}

/**
 * Makes WebAssembly the backend of this thread.
 *
 * @returns whether it computes four numbers at once @throws Error if WebAssembly does not start here
 */
export async function startWasm({ plain, simd }: WasmFiles): Promise<{ readonly simd: boolean }> {
  // Threads need shared memory, which pages without isolation from others do not have.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const hasSimd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  });
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly does not start in this browser');
  return { simd: hasSimd === true };
}

/** Makes WebGPU the backend of this thread. @throws Error if it does not start here */
export async function startWebGpu(): Promise<void> {
  await import('@tensorflow/tfjs-backend-webgpu');
  const works = await tf.setBackend('webgpu').catch(() => false);
  if (!works) throw new Error('WebGPU does not start in this browser');
}
