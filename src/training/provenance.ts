/** What a result depends on besides its settings. */
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import os from 'node:os';
import { z } from 'zod';
import { kitRoot, kitVersion } from '../kitPackage.ts';
import { readSealed, writeSealed } from '../sealed.ts';
import { runPaths } from './runFolder.ts';

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

/** What is asked of the file of a run; other versions may have written more, or less. */
const heldSchema = z.looseObject({
  kit: z.string().optional(),
  commit: z.string().nullish(),
  dataChecksum: z.string().optional(),
  node: z.string().optional(),
  backend: z
    .looseObject({
      name: z.string().optional(),
      version: z.string().optional(),
      threads: z.number().optional(),
    })
    .optional(),
  machine: z.looseObject({ cpu: z.string().optional(), cores: z.number().optional() }).optional(),
  resumed: z.array(z.looseObject({})).optional(),
});

/** What a run says of the machines that it ran on; everything is optional. */
export type HeldProvenance = z.infer<typeof heldSchema>;

/** Null if the run has none. @throws InputError naming file and field, or that it was changed */
export function readProvenance(run: string): HeldProvenance | null {
  const { provenance: file } = runPaths(run);
  return existsSync(file) ? readSealed(heldSchema, file) : null;
}

export function writeProvenance(run: string, content: object): void {
  writeSealed(runPaths(run).provenance, content);
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
