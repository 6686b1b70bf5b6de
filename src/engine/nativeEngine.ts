/** The native engine that is set up, if one is: a TensorFlow and the binding to it. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeJsonAtomic } from '../files.ts';
import { kitVersion } from '../kitPackage.ts';
import { findBinding, type Binding } from './binding.ts';
import { engineCache } from './engineCache.ts';
import { tensorflowIn, type Tensorflow } from './tensorflow.ts';

export interface NativeEngine {
  readonly tensorflow: Tensorflow;
  readonly binding: Binding;
}

export type EngineState =
  | { readonly ready: true; readonly engine: NativeEngine }
  | {
      readonly ready: false;
      readonly reason: string;
      /** Whether a set-up has failed here under the same circumstances. */
      readonly tried: boolean;
    };

/**
 * The engine as the last set-up left it, or the one that KIT_TENSORFLOW names. Reads a few small
 * files and starts nothing.
 */
export function locateEngine(env: NodeJS.ProcessEnv = process.env): EngineState {
  const failure = lastFailure(env);
  const notReady = (reason: string): EngineState => ({
    ready: false,
    reason: failure ?? reason,
    tried: failure !== null,
  });
  const folder = env['KIT_TENSORFLOW'] || chosenFolder(env);
  if (folder === null) return notReady('TensorFlow has not been set up yet');
  const tensorflow = tensorflowIn(folder);
  if (typeof tensorflow === 'string') return notReady(tensorflow);
  const binding = findBinding(tensorflow, env);
  if (binding === null) return notReady(`the binding to ${folder} has not been compiled yet`);
  return { ready: true, engine: { tensorflow, binding } };
}

export function rememberChoice({ folder }: Tensorflow, env: NodeJS.ProcessEnv): void {
  rmSync(path.join(engineCache(env), FAILURE), { force: true });
  writeJsonAtomic(path.join(engineCache(env), CHOICE), { tensorflow: folder });
}

/** So that nobody waits for the same failure twice; `kit setup` tries again nonetheless. */
export function rememberFailure(reason: string, env: NodeJS.ProcessEnv): void {
  writeJsonAtomic(path.join(engineCache(env), FAILURE), { reason, ...circumstances(env) });
}

const CHOICE = 'engine.json';
const FAILURE = 'failure.json';

/** What may turn a failure into a success when it changes. */
function circumstances(env: NodeJS.ProcessEnv): Record<string, string> {
  const { KIT_TENSORFLOW = '', KIT_NO_DOWNLOAD = '', KIT_KERNELS = '', CXX = '', PATH = '' } = env;
  return {
    version: kitVersion(),
    node: process.version,
    KIT_TENSORFLOW,
    KIT_NO_DOWNLOAD,
    KIT_KERNELS,
    CXX,
    PATH,
  };
}

function lastFailure(env: NodeJS.ProcessEnv): string | null {
  const { reason, ...then } = readRecord(env, FAILURE);
  const same = Object.entries(circumstances(env)).every(([name, value]) => then[name] === value);
  return reason !== undefined && same ? reason : null;
}

function chosenFolder(env: NodeJS.ProcessEnv): string | null {
  return readRecord(env, CHOICE)['tensorflow'] ?? null;
}

/** Nothing if the file is missing or damaged: a set-up then writes it anew. */
function readRecord(env: NodeJS.ProcessEnv, name: string): Readonly<Record<string, string>> {
  const file = path.join(engineCache(env), name);
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
