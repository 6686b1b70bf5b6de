/** What computes in the worker: WebAssembly everywhere, WebGPU too where the browser has it. */
import * as tf from '@tensorflow/tfjs-core';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { startWasm, startWebGpu } from '../../src/engine/browser.ts';
import type { EngineName } from './messages.ts';

/**
 * A GPU takes about as long for a small operation as for a large one, and a token takes many: it is
 * chosen unasked for models of so many parameters only.
 */
const WORTH_A_GPU = 5_000_000;

export interface Engines {
  readonly all: readonly EngineName[];
  /** Whether WebGPU computes on a GPU, and not on the processor in its place. */
  readonly hasGpu: boolean;
}

/** What this browser has. */
export async function findEngines(): Promise<Engines> {
  const { gpu } = navigator as { readonly gpu?: GPU };
  const adapter = (await gpu?.requestAdapter().catch(() => null)) ?? null;
  if (adapter === null) return { all: ['wasm'], hasGpu: false };
  return { all: ['wasm', 'webgpu'], hasGpu: !adapter.isFallbackAdapter };
}

export function bestEngine({ hasGpu }: Engines, parameters: number): EngineName {
  return hasGpu && parameters >= WORTH_A_GPU ? 'webgpu' : 'wasm';
}

const started = new Map<EngineName, Promise<string>>();

export interface Started {
  readonly engine: EngineName;
  /** What is to be known of it. */
  readonly words: string;
}

/**
 * Makes it compute in this worker from now on, or WebAssembly in its place.
 *
 * @throws Error if WebAssembly does not start either
 */
export async function useEngine(engine: EngineName): Promise<Started> {
  try {
    const words = await startEngine(engine);
    await tf.setBackend(engine);
    return { engine, words };
  } catch (error) {
    if (engine === 'wasm') throw error;
    const { words } = await useEngine('wasm');
    return { engine: 'wasm', words: `${words}, since ${(error as Error).message}` };
  }
}

/** @throws Error if it does not start here */
export function startEngine(name: EngineName): Promise<string> {
  const starting = started.get(name) ?? start(name);
  started.set(name, starting);
  return starting;
}

async function start(name: EngineName): Promise<string> {
  if (name === 'webgpu') {
    await startWebGpu();
    return 'WebGPU';
  }
  const { simd: hasSimd } = await startWasm({ plain, simd });
  return `WebAssembly${hasSimd ? '' : ' without SIMD, which is slow'}`;
}
