/**
 * Which folders hold a TensorFlow that the binding can be compiled against and run on: the
 * `tensorflow` package of TensorFlow's own Python wheels, with both libraries and the C headers.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../files.ts';

export interface Tensorflow {
  /** The package folder, without symbolic links. */
  readonly folder: string;
  /** Paths: the C API first, then what that one needs. */
  readonly libraries: readonly [string, string];
  readonly include: string;
  /** Built for CUDA; whether there is a GPU is another question. */
  readonly cuda: boolean;
}

/**
 * Looks at `folder` itself, then for the package in a site-packages folder, and in the prefix of
 * a Python or a virtual environment.
 *
 * @returns the TensorFlow, or in words what is missing
 */
export function tensorflowIn(folder: string): Tensorflow | string {
  if (!existsSync(folder)) return `${folder}: no such folder`;
  const candidates = [folder, path.join(folder, 'tensorflow')];
  for (const lib of ['lib', 'lib64']) {
    for (const name of list(path.join(folder, lib)).filter((name) => name.startsWith('python'))) {
      candidates.push(path.join(folder, lib, name, 'site-packages', 'tensorflow'));
    }
  }
  const found = candidates.find((candidate) =>
    libraryNames().every((name) => has(candidate, name)),
  );
  if (found === undefined) return `${folder}: holds no ${libraryNames().join(' and ')}`;
  if (!has(found, HEADER)) return `${found}: holds no ${HEADER}`;
  const real = realpathSync(found);
  const [api, framework] = libraryNames();
  return {
    folder: real,
    libraries: [path.join(real, api), path.join(real, framework)],
    include: path.join(real, 'include'),
    cuda: isCudaBuild(real),
  };
}

/** Changes whenever the libraries do, or where they lie. */
export function fingerprint({ libraries }: Tensorflow): string {
  const facts = libraries.map((file) => {
    const { size, mtimeMs } = statSync(file);
    return [file, size, Math.floor(mtimeMs)];
  });
  return sha256(JSON.stringify(facts));
}

export function libraryNames(platform = process.platform): readonly [string, string] {
  return platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
}

const HEADER = path.join('include', 'tensorflow', 'c', 'eager', 'c_api.h');

function isCudaBuild(folder: string): boolean {
  const file = path.join(folder, 'python', 'platform', 'build_info.py');
  return existsSync(file) && /'is_cuda_build', True/.test(readFileSync(file, 'utf8'));
}

function has(folder: string, name: string): boolean {
  return existsSync(path.join(folder, name));
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
