/**
 * The native binding: the sources that @tensorflow/tfjs-node-gpu ships, compiled against a given
 * TensorFlow into the cache, and the kit's own operations beside them. The package itself stays as it
 * was installed.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { kitRoot } from '../kitPackage.ts';
import { sha256, writeJsonAtomic } from '../files.ts';
import { engineCache, makeFolder } from './engineCache.ts';
import { kernelBuild, kernelBuilds, libraryOf, type KernelBuild } from './kernelBuilds.ts';
import { errorLine, runProgram, type RunOptions } from './processes.ts';
import { SetupFailure } from './setupFailure.ts';
import { fingerprint, type Tensorflow } from './tensorflow.ts';

const require = createRequire(import.meta.url);

/** A compiled binding that has multiplied two matrices. */
export interface Binding {
  readonly folder: string;
  /** Of TensorFlow. */
  readonly version: string;
}

/** What the addon offers beyond tfjs's own use of it. */
export interface Addon {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

/** Where the binding for `tensorflow` lies or would lie; its name covers all that goes into it. */
export function bindingFolder(tensorflow: Tensorflow, env: NodeJS.ProcessEnv): string {
  const { version } = require('node-api-headers/package.json') as { version: string };
  const flags = JSON.stringify([FLAGS, kernelBuilds()]);
  const facts = [flags, process.platform, process.arch, version, fingerprint(tensorflow)];
  const key = sha256(
    ...facts.map((fact) => `${fact}\n`),
    ...[...filesIn(path.join(upstream(), 'binding')), ...filesIn(OWN)].map((file) =>
      readFileSync(file),
    ),
  );
  return path.join(engineCache(env), 'bindings', key.slice(0, 16));
}

/** @returns null if it has not been compiled and tested */
export function findBinding(tensorflow: Tensorflow, env: NodeJS.ProcessEnv): Binding | null {
  const folder = bindingFolder(tensorflow, env);
  const file = path.join(folder, 'binding.json');
  const libraries = kernelBuilds().map(libraryOf);
  const parts = [ADDON, QUIET_LOAD, ...libraries].map((name) => path.join(folder, name));
  if (![file, ...parts].every(existsSync)) return null;
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return { folder, version };
}

/** Compiles and tests. @throws SetupFailure if either does not work */
export async function buildBinding(
  tensorflow: Tensorflow,
  { compiler, ...run }: RunOptions & { env: NodeJS.ProcessEnv; compiler: readonly string[] },
): Promise<Binding> {
  const folder = bindingFolder(tensorflow, run.env);
  await makeFolder(folder, async (temporary) => {
    const [api, framework] = tensorflow.libraries;
    const includes = [nodeApiHeaders(), tensorflow.include, upstream()].map(
      (place) => `-I${place}`,
    );
    const link = [api, framework, `-Wl,-rpath,${tensorflow.folder}`];
    const compile = async (output: string, files: readonly string[]): Promise<void> => {
      const [command, ...own] = compiler;
      const args = [...own, ...FLAGS, ...includes, ...files, '-o', path.join(temporary, output)];
      const result = await runProgram(command!, args, run);
      if (result.code !== 0) {
        throw new SetupFailure(`the binding does not compile: ${errorLine(result)}`);
      }
    };
    const binding = filesIn(path.join(upstream(), 'binding')).filter(isSource);
    const kernels = filesIn(path.join(OWN, 'kernels')).filter(isSource);
    await Promise.all([
      compile(ADDON, [...binding, path.join(OWN, 'deleteReference.cc'), ...link]),
      compile(QUIET_LOAD, [
        path.join(OWN, 'quietLoad.cc'),
        ...(process.platform === 'linux' ? ['-ldl'] : []),
      ]),
      ...kernelBuilds().map((build) =>
        compile(libraryOf(build), [...build.flags, ...kernels, ...link]),
      ),
    ]);
    const version = await testBinding(tensorflow, temporary, run);
    writeJsonAtomic(path.join(temporary, 'binding.json'), {
      version,
      tensorflow: tensorflow.folder,
    });
  });
  return findBinding(tensorflow, run.env)!;
}

/** Loads the addon into this process, without TensorFlow's greetings, and the kit's operations if any. */
export function loadAddon(
  { tensorflow, binding: { folder } }: { tensorflow: Tensorflow; binding: Binding },
  kernels: KernelBuild | null,
): Addon {
  const loader = require(path.join(folder, QUIET_LOAD)) as { load(library: string): void };
  loader.load(tensorflow.libraries[0]);
  if (kernels !== null) loader.load(path.join(folder, libraryOf(kernels)));
  return require(path.join(folder, ADDON)) as Addon;
}

const ADDON = 'tfjs_binding.node';
const QUIET_LOAD = 'quiet_load.node';
/** Sources of the kit's own: kernels in a folder, and what the binding needs. */
const OWN = path.join(kitRoot, 'src', 'engine', 'native');
const FLAGS = [
  '-std=c++17',
  '-O2',
  '-fPIC',
  '-shared',
  '-DNAPI_VERSION=8',
  '-Dnapi_delete_reference=kit_delete_reference',
  ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
];

/**
 * Multiplies two matrices in a process of its own, which may crash: a library for another
 * processor ends it by a signal. @returns TensorFlow's version
 */
export async function testBinding(
  tensorflow: Tensorflow,
  folder: string,
  run: RunOptions & { env: NodeJS.ProcessEnv },
): Promise<string> {
  const env = { ...run.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const kernels = kernelBuild(run.env);
  const own = kernels === null ? [] : [libraryOf(kernels)];
  const paths = [folder, QUIET_LOAD, ADDON, tensorflow.libraries[0], ...own];
  const args = ['-e', SELF_TEST, ...paths];
  const result = await runProgram(process.execPath, args, { ...run, env, timeoutMs: 300_000 });
  const [, version] = /^works (\S+)$/m.exec(result.stdout) ?? [];
  if (result.code === 0 && version !== undefined) return version;
  const crashed = result.signal === 'SIGILL' ? 'needs a processor with AVX' : errorLine(result);
  throw new SetupFailure(`TensorFlow in ${tensorflow.folder} does not run: ${crashed}`);
}

const SELF_TEST = `
  const [folder, quietLoad, addon, library, kernels] = process.argv.slice(1);
  const { load } = require(folder + '/' + quietLoad);
  load(library);
  if (kernels) load(folder + '/' + kernels);
  const tf = require(folder + '/' + addon);
  const x = tf.createTensor([2, 2], tf.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
  const attributes = [
    { name: 'transpose_a', type: tf.TF_ATTR_BOOL, value: false },
    { name: 'transpose_b', type: tf.TF_ATTR_BOOL, value: false },
    { name: 'T', type: tf.TF_ATTR_TYPE, value: tf.TF_FLOAT },
  ];
  const [product] = tf.executeOp('MatMul', attributes, [x, x], 1);
  const values = [...tf.tensorDataSync(product.id)].join();
  if (values !== '7,10,15,22') throw new Error('a matrix product came out as ' + values);
  if (kernels) {
    const none = tf.createTensor([0], tf.TF_FLOAT, new Float32Array(0));
    const zero = tf.createTensor([], tf.TF_FLOAT, Float32Array.of(0));
    const own = [{ name: 'T', type: tf.TF_ATTR_TYPE, value: tf.TF_FLOAT }];
    const integer = (name, value) => ({ name, type: tf.TF_ATTR_INT, value });
    const pack = [...own, integer('gated', 0), integer('halved', 0)];
    const [packed] = tf.executeOp('KitPack', pack, [x], 1);
    const linear = [...own, integer('gated', 0), integer('columns', 2)];
    const [again] = tf.executeOp('KitLinear', linear, [x, none, zero, packed.id, none], 1);
    const same = [...tf.tensorDataSync(again.id)].join();
    if (same !== '7,10,15,22') throw new Error('a product of the kit came out as ' + same);
  }
  console.log('works ' + tf.TF_Version);
`;

/** All files in a folder and those below it. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile());
}

function isSource(file: string): boolean {
  return file.endsWith('.cc');
}

function upstream(): string {
  return path.dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

function nodeApiHeaders(): string {
  return path.join(path.dirname(require.resolve('node-api-headers/package.json')), 'include');
}
