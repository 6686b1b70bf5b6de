/** The page of `kit play`, built from `play/` when it is first asked for and after changes. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import { explainWriteError, sha256, writeFileAtomic } from '../../files.ts';
import { kitRoot } from '../../kitPackage.ts';

const SOURCES = ['play', 'envs', 'solvers', 'traces', 'src'];
const STAMP = 'built-from';

/** @returns its folder @throws InputError if it can't be built */
export async function preparePage(note: (line: string) => void): Promise<string> {
  const folder = path.join(kitRoot, 'dist', 'page');
  const stamp = path.join(folder, STAMP);
  const hash = sourceHash();
  const fits = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
  if (fits()) return folder;
  note('Building the page');
  // Another process may be serving what is there, or building too: the folder is replaced as a whole.
  const fresh = `${folder}.${process.pid}`;
  try {
    await build(fresh);
    writeFileAtomic(path.join(fresh, STAMP), hash);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another process may have been faster.
    if (!fits()) throw explainWriteError(error, folder);
  }
  return folder;
}

async function build(outDir: string): Promise<void> {
  const { build } = await import('vite').catch(() => {
    throw new InputError('the page is built by vite, which is not installed: run npm ci');
  });
  const configFile = path.join(kitRoot, 'play', 'vite.config.ts');
  await build({ configFile, configLoader: 'runner', logLevel: 'error', build: { outDir } });
}

/** Compares contents, since times differ between checkouts and copies. */
function sourceHash(): string {
  const files = SOURCES.flatMap((folder) => filesBelow(folder)).sort();
  files.push('package-lock.json');
  return sha256(...files.flatMap((file) => [`${file}\n`, readFileSync(path.join(kitRoot, file))]));
}

function filesBelow(folder: string): string[] {
  return readdirSync(path.join(kitRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(file) : [file];
  });
}

/** The files of the page by the path under which they are served; links are left out. */
export function pageFiles(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const collect = (below: string): void => {
    for (const entry of readdirSync(path.join(folder, below), { withFileTypes: true })) {
      const name = path.posix.join(below, entry.name);
      if (entry.isDirectory()) collect(name);
      else if (entry.isFile() && name !== STAMP) files.set(name, path.join(folder, name));
    }
  };
  collect('');
  return files;
}
