/**
 * The Python with PyTorch that the kit is measured against: the one that KIT_TORCH_PYTHON names, or
 * a virtual environment that the bench makes beside the native engine, by the user's own pip.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../envs/inputError.ts';
import { engineCache, makeFolder } from '../src/engine/engineCache.ts';
import { errorLine, runProgram, type Finished } from '../src/engine/processes.ts';
import { acquireLock } from '../src/lock.ts';

export const TORCH_VERSION = '2.15.0';

/** On Linux x64 the wheel wants NVIDIA's libraries even where there is no GPU. */
const FETCHED = process.platform === 'linux' && process.arch === 'x64' ? 'about 3 GB' : '0.2 GB';

export interface PythonOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Told in one line what is about to be done. */
  readonly log: (line: string) => void;
}

export type TorchPython =
  | { readonly python: string; readonly version: string }
  | { readonly python: null; readonly reason: string };

/** Never rejects because of Python, pip or the network: the reason is said in one line instead. */
export async function findTorch({ env = process.env, log }: PythonOptions): Promise<TorchPython> {
  try {
    const python = env['KIT_TORCH_PYTHON'] || (await ownPython({ env, log }));
    return { python, version: await torchVersion(python, env) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { python: null, reason: error.message };
  }
}

async function torchVersion(python: string, env: NodeJS.ProcessEnv): Promise<string> {
  const result = await runProgram(python, ['-c', 'import torch; print(torch.__version__)'], {
    env,
  });
  if (!result.found) throw new InputError(`${python}: no such program`);
  if (result.code !== 0) throw new InputError(`${python}: ${errorLine(result)}`);
  return result.stdout.trim();
}

/** The virtual environment's Python; made if it is not there. */
async function ownPython({ env, log }: Required<PythonOptions>): Promise<string> {
  const cache = engineCache(env);
  const folder = path.join(cache, `pytorch-${TORCH_VERSION}`);
  const python = path.join(folder, 'bin', 'python');
  if (existsSync(python)) return python;
  if (env['KIT_NO_DOWNLOAD']) {
    throw new InputError('KIT_NO_DOWNLOAD is set, and KIT_TORCH_PYTHON names no Python with torch');
  }
  const release = acquireLock(cache);
  try {
    log(`fetching PyTorch ${TORCH_VERSION} by pip, ${FETCHED}, into ${folder}`);
    await makeFolder(folder, async (temporary) => {
      const made = await runProgram('python3', ['-m', 'venv', temporary], { env });
      if (made.code !== 0) throw new InputError(explainVenv(made));
      const own = path.join(temporary, 'bin', 'python');
      const args = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-cache-dir'];
      args.push('--quiet', '--only-binary=:all:', `torch==${TORCH_VERSION}`);
      const installed = await runProgram(own, args, { env });
      if (installed.code !== 0) throw new InputError(explainPip(installed));
    });
  } finally {
    release();
  }
  return python;
}

function explainVenv(result: Finished): string {
  if (!result.found) return 'python3 is missing: install Python 3.10 or newer';
  if (/ensurepip/.test(result.stdout + result.stderr)) {
    return "python3 can't make virtual environments (Debian, Ubuntu: apt install python3-venv)";
  }
  return `python3 makes no virtual environment: ${errorLine(result)}`;
}

function explainPip(result: Finished): string {
  if (/No space left/.test(result.stderr)) return 'the disk is full';
  if (/NewConnectionError|name resolution|ConnectTimeout|timed out|Proxy/.test(result.stderr)) {
    return 'pip reaches no package index: check the network and the proxy';
  }
  return `pip can't fetch PyTorch ${TORCH_VERSION}: ${errorLine(result)}`;
}
