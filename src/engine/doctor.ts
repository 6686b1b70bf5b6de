/** What each tensor backend can do here, or why it can't. */
import os from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../../envs/inputError.ts';
import { kitVersion } from '../kitPackage.ts';
import { BACKENDS, bfloat16Problem, startBackend, type BackendName } from './backends.ts';
import { testBinding } from './binding.ts';
import { engineCache, folderBytes } from './engineCache.ts';
import { runningKernels } from './kernels.ts';
import { cpuFeatures } from './machine.ts';
import { locateEngine } from './nativeEngine.ts';
import { createProgram, type Precision } from './program.ts';
import { SetupFailure } from './setupFailure.ts';

export interface Diagnosis {
  readonly versions: { readonly kit: string; readonly node: string; readonly tfjs: string };
  readonly machine: {
    /** As in linux-x64. */
    readonly platform: string;
    readonly cpu: string;
    readonly cores: number;
    /** Instruction sets that speed matrix products up. */
    readonly features: readonly string[];
    readonly memoryBytes: number;
    readonly freeMemoryBytes: number;
  };
  readonly cache: { readonly folder: string; readonly bytes: number };
  /** Fastest first; the first that is available is the one that runs unless told otherwise. */
  readonly backends: readonly BackendDiagnosis[];
}

export type BackendDiagnosis =
  | {
      readonly name: BackendName;
      readonly available: true;
      readonly version: string;
      readonly devices: readonly string[];
      readonly threads: number;
      /** 10⁹ multiplications and additions a second in a product of square float32 matrices. */
      readonly gflops: number;
      /** The same in bfloat16; null where it would not be faster. */
      readonly bfloat16Gflops: number | null;
      /** Which build of the kit's own operations runs; null for none. */
      readonly kernels: string | null;
      /** The folder that the native libraries come from. */
      readonly tensorflow: string | null;
    }
  | { readonly name: BackendName; readonly available: false; readonly reason: string };

/** Starts one backend after the other in this process, and measures each for about a second. */
export async function diagnose({ threads }: { threads?: number } = {}): Promise<Diagnosis> {
  const backends: BackendDiagnosis[] = [];
  for (const name of BACKENDS) backends.push(await diagnoseBackend(name, threads));
  const folder = engineCache(process.env);
  return {
    versions: { kit: kitVersion(), node: process.versions.node, tfjs: tf.version_core },
    machine: {
      platform: `${process.platform}-${process.arch}`,
      cpu: os.cpus()[0]?.model ?? 'unknown',
      cores: os.availableParallelism(),
      features: cpuFeatures(),
      memoryBytes: os.totalmem(),
      freeMemoryBytes: os.freemem(),
    },
    cache: { folder, bytes: folderBytes(folder) },
    backends,
  };
}

async function diagnoseBackend(name: BackendName, threads?: number): Promise<BackendDiagnosis> {
  try {
    const tensorflow = name === 'tensorflow' ? await testedLibrary() : null;
    const started = await startBackend({ backend: name, threads });
    const gflops = measureGflops(MATRIX_SIZE[name], 'fp32');
    const problem = bfloat16Problem(started);
    const bfloat16Gflops = problem === null ? measureGflops(MATRIX_SIZE[name], 'bf16') : null;
    const { version, devices, threads: used } = started;
    const speed = { threads: used, gflops, bfloat16Gflops };
    const kernels = runningKernels();
    return { name, available: true, version, devices, ...speed, kernels, tensorflow };
  } catch (error) {
    if (!(error instanceof InputError || error instanceof SetupFailure)) throw error;
    return { name, available: false, reason: error.message.replace(`backend ${name}: `, '') };
  }
}

/** A library that can't run here would end this process, so another one tries it first. */
async function testedLibrary(): Promise<string | null> {
  const state = locateEngine();
  if (!state.ready) return null;
  const { tensorflow, binding } = state.engine;
  await testBinding(tensorflow, binding.folder, { env: process.env });
  return tensorflow.folder;
}

/** Large enough to keep the backend busy, small enough to end soon. */
const MATRIX_SIZE: Readonly<Record<BackendName, number>> = {
  tensorflow: 1024,
  wasm: 512,
  cpu: 192,
};
const MEASURED_MS = 500;

/** The fastest of as many products as fit into the time. */
function measureGflops(size: number, precision: Precision): number {
  const program = createProgram(
    [],
    [
      {
        name: 'product',
        part: {
          count: 1,
          smallest: {},
          inputs: () => [tf.zeros([size, size])],
          // One number of the product comes back, since copying all of it takes time.
          body: ([x]) => [tf.slice(tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D), 0, 1)],
        },
        inputs: [],
        body: (_, [part]) => [tf.sum(part![0]!)],
      },
    ],
    precision,
  );
  const x = tf.tidy(() => tf.reshape(tf.linspace(-1, 1, size * size), [size, size]));
  const multiply = (): Float32Array[] => program.call('product', [], [[x]]);
  multiply();
  const end = performance.now() + MEASURED_MS;
  let best = Infinity;
  do {
    const start = performance.now();
    multiply();
    best = Math.min(best, performance.now() - start);
  } while (performance.now() < end);
  x.dispose();
  program.dispose();
  return (2 * size ** 3) / (best * 1e6);
}
