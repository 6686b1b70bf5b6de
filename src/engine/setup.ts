/**
 * Sets the native engine up: finds or fetches TensorFlow's libraries and compiles the binding to
 * them. Tried in this order:
 *
 * 1. the TensorFlow that KIT_TENSORFLOW names, and then no other;
 * 2. the one that python3 would import;
 * 3. the pinned wheels, unless KIT_NO_DOWNLOAD is set.
 */
import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../envs/inputError.ts';
import { explainWriteError } from '../files.ts';
import { acquireLock } from '../lock.ts';
import { buildBinding } from './binding.ts';
import { engineCache, makeFolder, removeLeftovers } from './engineCache.ts';
import { platformProblem } from './machine.ts';
import { locateEngine, rememberChoice, rememberFailure, type EngineState } from './nativeEngine.ts';
import { pinnedWheels, type WheelSet } from './pinnedWheels.ts';
import { runProgram, type RunOptions } from './processes.ts';
import { SetupFailure } from './setupFailure.ts';
import { tensorflowIn, type Tensorflow } from './tensorflow.ts';
import { checkPip, downloadWheels, unpackWheels, type DownloadOptions } from './wheels.ts';

export interface SetupOptions extends DownloadOptions {
  /** Fetches TensorFlow for CUDA; an engine without CUDA does not count as ready. */
  readonly gpu?: boolean;
  /** What to fetch if it comes to that; the pinned wheels for this platform unless given. */
  readonly wheels?: WheelSet | null;
  /** Told in one line what is about to be done. */
  readonly log?: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does nothing if the engine is ready. Safe beside another set-up and after a killed one.
 *
 * @returns the engine, or in one line what is missing and what to install; rejects only if aborted
 */
export async function setupEngine(options: SetupOptions = {}): Promise<EngineState> {
  const { gpu = false, wheels = pinnedWheels({ gpu }), log = () => undefined } = options;
  const { env = process.env, signal, onProgress } = options;
  const isReady = (state: EngineState): boolean =>
    state.ready && (!gpu || state.engine.tensorflow.cuda);
  const found = locateEngine(env);
  if (isReady(found)) return found;
  const cache = engineCache(env);
  try {
    const problem = platformProblem();
    if (problem !== null) throw new SetupFailure(problem);
    makeWritable(cache);
    const release = await waitForLock(cache, { log, signal });
    try {
      const meanwhile = locateEngine(env);
      if (isReady(meanwhile)) return meanwhile;
      for (const folder of [cache, path.join(cache, 'bindings')]) removeLeftovers(folder);
      await install({ gpu, wheels, log, env, signal, onProgress, cache });
      return locateEngine(env);
    } finally {
      release();
    }
  } catch (error) {
    if (!(error instanceof SetupFailure || error instanceof InputError)) throw error;
    const { message } = error;
    try {
      rememberFailure(message, env);
    } catch {
      // Where nothing can be written the next attempt fails as quickly.
    }
    return { ready: false, reason: message, tried: true };
  }
}

type Install = Required<Pick<SetupOptions, 'gpu' | 'wheels' | 'log' | 'env'>> &
  DownloadOptions & { signal: AbortSignal | undefined; cache: string };

async function install(options: Install): Promise<void> {
  const { gpu, log, env, signal } = options;
  const compiler = await findCompiler({ env, signal });
  const build = async (tensorflow: Tensorflow): Promise<void> => {
    log(`compiling the binding to TensorFlow in ${tensorflow.folder}`);
    await buildBinding(tensorflow, { env, signal, compiler });
    rememberChoice(tensorflow, env);
  };
  const named = env['KIT_TENSORFLOW'];
  if (named) {
    const tensorflow = tensorflowIn(named);
    if (typeof tensorflow === 'string') throw new SetupFailure(`KIT_TENSORFLOW: ${tensorflow}`);
    return build(tensorflow);
  }
  const imported = await pythonsTensorflow({ env, signal });
  if (imported !== null && (!gpu || imported.cuda)) {
    try {
      return await build(imported);
    } catch (error) {
      if (!(error instanceof SetupFailure)) throw error;
      log(`${error.message}; fetching another TensorFlow`);
    }
  }
  return build(await fetchTensorflow(options));
}

async function fetchTensorflow({
  gpu,
  wheels,
  log,
  cache,
  onProgress,
  ...run
}: Install): Promise<Tensorflow> {
  if (wheels === null) {
    throw new SetupFailure(`no ${gpu ? 'CUDA ' : ''}wheel of TensorFlow for this platform`);
  }
  const folder = path.join(cache, wheels.name);
  const there = tensorflowIn(folder);
  if (typeof there !== 'string') return there;
  if (run.env['KIT_NO_DOWNLOAD']) {
    throw new SetupFailure('KIT_NO_DOWNLOAD is set, and no TensorFlow is here');
  }
  await checkPip(run);
  const bytes = wheels.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
  checkSpace(cache, bytes + wheels.unpackedBytes);
  log(
    `fetching ${wheels.wheels[0]!.requirement.replace('==', ' ')} by pip, ${megabytes(bytes)}, ` +
      `into ${folder} (${megabytes(wheels.unpackedBytes)} unpacked)`,
  );
  await makeFolder(folder, async (temporary) => {
    const files = await downloadWheels(wheels, temporary, { ...run, onProgress });
    await unpackWheels(files, temporary, run);
  });
  const tensorflow = tensorflowIn(folder);
  if (typeof tensorflow === 'string') throw new SetupFailure(tensorflow);
  return tensorflow;
}

/** Finds the package without importing it, which takes seconds. */
async function pythonsTensorflow(run: RunOptions): Promise<Tensorflow | null> {
  const { code, stdout } = await runProgram('python3', ['-c', FIND_TENSORFLOW], run);
  if (code !== 0 || stdout.trim() === '') return null;
  const tensorflow = tensorflowIn(stdout.trim());
  return typeof tensorflow === 'string' ? null : tensorflow;
}

const FIND_TENSORFLOW = `
import importlib.util
spec = importlib.util.find_spec('tensorflow')
print(spec.submodule_search_locations[0] if spec and spec.submodule_search_locations else '')
`;

/** @returns the command and its first arguments. @throws SetupFailure if there is none */
async function findCompiler(run: RunOptions & { env: NodeJS.ProcessEnv }): Promise<string[]> {
  const named = run.env['CXX']?.trim();
  const candidates = named ? [named.split(/\s+/)] : [['c++'], ['g++'], ['clang++']];
  for (const candidate of candidates) {
    const [command, ...args] = candidate;
    const { code } = await runProgram(command!, [...args, '--version'], run);
    if (code === 0) return candidate;
  }
  throw new SetupFailure(
    named
      ? `CXX names ${named}, which does not run`
      : 'no C++ compiler: install one (Debian, Ubuntu: apt install g++; macOS: xcode-select --install)',
  );
}

async function waitForLock(
  cache: string,
  { log, signal }: { log: (line: string) => void; signal: AbortSignal | undefined },
): Promise<() => void> {
  for (let seconds = 0; ; seconds++) {
    try {
      return acquireLock(cache);
    } catch (error) {
      if (seconds >= LONGEST_WAIT || !(error instanceof InputError)) throw error;
      if (seconds === 0) log(`waiting for another set-up: ${error.message}`);
      await sleep(1000, undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** In seconds. */
const LONGEST_WAIT = 3600;

function makeWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw explainWriteError(error, folder);
  }
}

function checkSpace(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  throw new SetupFailure(
    `${folder}: ${megabytes(needed)} are needed on this disk, ${megabytes(bavail * bsize)} are free`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
