/** What a result depends on besides its settings. */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import os from 'node:os';
import { kitRoot, kitVersion } from '../kitPackage.ts';

export interface BackendInfo {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  readonly devices: readonly string[];
}

export interface Provenance {
  readonly seed: string | number;
  /** Of the data set's manifest. */
  readonly dataChecksum: string;
  readonly kit: string;
  /** Of the kit's checkout, "+" where it had changes; null outside one. */
  readonly commit: string | null;
  readonly node: string;
  readonly backend: BackendInfo;
  readonly machine: { readonly platform: string; readonly cpu: string; readonly cores: number };
  readonly started: string;
}

export function provenance(
  seed: string | number,
  dataChecksum: string,
  backend: BackendInfo,
): Provenance {
  return {
    seed,
    dataChecksum,
    kit: kitVersion(),
    commit: commit(),
    node: process.version,
    backend,
    machine: {
      platform: `${process.platform} ${process.arch}`,
      cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
      cores: os.availableParallelism(),
    },
    started: new Date().toISOString(),
  };
}

/** Null outside a checkout of the kit itself. */
function commit(): string | null {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: kitRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    if (realpathSync(git('rev-parse', '--show-toplevel')) !== realpathSync(kitRoot)) return null;
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', 'HEAD') + (changed ? '+' : '');
  } catch {
    return null;
  }
}
