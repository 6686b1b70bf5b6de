/**
 * Which tensor backend runs: TensorFlow's native libraries if they are set up, else WebAssembly,
 * else plain JavaScript. Nothing but speed may differ between them.
 *
 * No other folder imports a tfjs backend; models use @tensorflow/tfjs-core alone.
 */
import { createRequire } from 'node:module';
import os from 'node:os';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../../envs/inputError.ts';
import { loadAddon } from './binding.ts';
import { kernelBuild } from './kernelBuilds.ts';
import { announceKernels } from './kernels.ts';
import { gpuNames, hasBfloat16 } from './machine.ts';
import { locateEngine } from './nativeEngine.ts';

/** Fastest first. */
export const BACKENDS = ['tensorflow', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

export interface Backend {
  readonly name: BackendName;
  /** Of TensorFlow, or of tfjs. */
  readonly version: string;
  readonly devices: readonly string[];
  readonly threads: number;
  /** Why not a faster backend, in one line; null if the fastest or the one asked for runs. */
  readonly slowerBecause: string | null;
}

export interface BackendOptions {
  /** One of BACKENDS; without it the environment's KIT_BACKEND, else the fastest available. */
  readonly backend?: string | undefined;
  /** Threads of the native backend, all cores unless given; the others always use one. */
  readonly threads?: number | undefined;
  /**
   * Parts of a program that run at once, 1 unless given. They share the threads: with as many parts
   * as threads, or more, each operation has one, and results do not depend on how many there are.
   */
  readonly parts?: number | undefined;
}

/**
 * Makes a backend the one that every tensor operation of this process runs on.
 *
 * @throws InputError if there is no backend of that name, the one asked for can't be used, `threads`
 * differs from what the native library was started with in this process, or KIT_KERNELS names no build
 * that runs here
 */
export async function startBackend(options: BackendOptions = {}): Promise<Backend> {
  const { backend, threads } = options;
  const wanted = backend ?? (process.env['KIT_BACKEND'] || undefined);
  if (wanted !== undefined && !isBackendName(wanted)) {
    throw new InputError(`backend "${wanted}": not known; known are ${BACKENDS.join(', ')}`);
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new InputError(`threads ${threads}: not a positive integer`);
  }
  registerGradients();
  let slowerBecause: string | null = null;
  for (const name of wanted === undefined ? BACKENDS : [wanted]) {
    try {
      return { ...(await START[name](options)), name, slowerBecause };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      if (wanted !== undefined) throw new InputError(`backend ${name}: ${error.message}`);
      slowerBecause ??= error.message;
    }
  }
  throw new InputError(`no tensor backend works here: ${slowerBecause}`);
}

function isBackendName(name: string): name is BackendName {
  return (BACKENDS as readonly string[]).includes(name);
}

/** Why products in bfloat16 would not be faster on a backend; null if they are. */
export function bfloat16Problem({
  name,
  devices,
}: Pick<Backend, 'name' | 'devices'>): string | null {
  if (name !== 'tensorflow') return 'bf16 needs the native engine (kit setup installs it)';
  if (devices.join() !== cpuName()) return null;
  if (hasBfloat16()) return null;
  return "bf16 needs a processor with avx512_bf16, amx_bf16 or bf16 (kit doctor shows this one's)";
}

/** A backend that can't be used on this machine as it is. */
class Unavailable extends Error {}

type Started = Pick<Backend, 'version' | 'devices' | 'threads'>;

const START: Readonly<Record<BackendName, (options: BackendOptions) => Promise<Started>>> = {
  tensorflow: startTensorflow,
  wasm: startWasm,
  cpu: startCpu,
};

const require = createRequire(import.meta.url);
const requireUpstream = createRequire(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));

/** Fixed when the native library is loaded, once a process. */
let native: Started | undefined;

async function startTensorflow(options: BackendOptions): Promise<Started> {
  const { threads } = options;
  native ??= await loadNative(options);
  if (threads !== undefined && threads !== native.threads) {
    throw new InputError(`threads ${threads}: TensorFlow already runs with ${native.threads} here`);
  }
  if (!(await tf.setBackend('tensorflow'))) throw new Unavailable('TensorFlow does not start here');
  return native;
}

async function loadNative(options: BackendOptions): Promise<Started> {
  const state = locateEngine();
  if (!state.ready) {
    const remedy = state.tried ? 'kit setup tries again' : 'kit setup installs it';
    throw new Unavailable(`${state.reason} (${remedy})`);
  }
  const kernels = kernelBuild();
  const threads = setThreads(options);
  // tfjs 4.22 calls a function that Node 22 deprecates and 23 removed (tensorflow/tfjs #8609).
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null });
  const addon = loadOrExplain(() => loadAddon(state.engine, kernels));
  const { NodeJSKernelBackend } = requireUpstream('./dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: new (addon: unknown, packageName: string) => tf.KernelBackend;
  };
  requireUpstream('./dist/register_all_kernels');
  const packageName = '@tensorflow/tfjs-node-gpu';
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(addon, packageName));
  announceKernels(addon.isUsingGpuDevice() || kernels === null ? null : kernels.name);
  const devices = addon.isUsingGpuDevice() ? await gpuNames() : [cpuName()];
  return { version: addon.TF_Version, devices, threads };
}

async function startWasm(): Promise<Started> {
  const handlers = process.listeners('unhandledRejection');
  loadOrExplain(() => require('@tensorflow/tfjs-backend-wasm'));
  if (!(await tf.setBackend('wasm'))) throw new Unavailable('WebAssembly does not start here');
  // Emscripten's own handler would hide where a rejection comes from.
  for (const handler of process.listeners('unhandledRejection')) {
    if (!handlers.includes(handler)) process.off('unhandledRejection', handler);
  }
  return { version: tf.version_core, devices: [cpuName()], threads: 1 };
}

async function startCpu(): Promise<Started> {
  require('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  // Spares the advice to install a faster backend.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  return { version: tf.version_core, devices: [cpuName()], threads: 1 };
}

/** The union package registers every gradient with the one tfjs-core of this process. */
function registerGradients(): void {
  requireUpstream('@tensorflow/tfjs');
}

/**
 * Must come before the library is loaded, which reads these from the C environment. Without a
 * number of threads the user's own settings stay.
 */
function setThreads({ threads, parts = 1 }: BackendOptions): number {
  const { env } = process;
  const total = threads ?? os.availableParallelism();
  const perOperation = Math.max(1, Math.floor(total / parts));
  const settings = { TF_NUM_INTRAOP_THREADS: perOperation, TF_NUM_INTEROP_THREADS: total };
  for (const [name, value] of Object.entries(settings)) {
    if (threads !== undefined || !env[name]) env[name] = String(value);
  }
  env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // By itself the library uses oneDNN on newer processors only; with AVX2 alone training gains as well.
  if (process.arch === 'x64') env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  // Two processes can share a GPU only if neither takes all of its memory at once.
  env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // Lengths differ from step to step, and each has its own kernels: by default 1,024 are kept.
  env['ONEDNN_PRIMITIVE_CACHE_CAPACITY'] ??= '16384';
  return Math.max(Number(env['TF_NUM_INTRAOP_THREADS']), Number(env['TF_NUM_INTEROP_THREADS']));
}

function loadOrExplain<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    throw new Unavailable((error as Error).message.split('\n')[0]);
  }
}

function cpuName(): string {
  return os.cpus()[0]?.model ?? process.arch;
}
