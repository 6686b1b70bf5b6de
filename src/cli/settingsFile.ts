/** A record of settings by name, or from a file of the user's own. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from '../../envs/inputError.ts';
import { readJson } from '../reading.ts';
import { kitRoot } from '../kitPackage.ts';
import { CATALOGUES, type Catalogue } from './catalogues.ts';
import { quote } from './flags.ts';
import { suggestion } from './nearest.ts';

export interface SettingsRecord {
  readonly input: Readonly<Record<string, unknown>>;
  /** As messages name it. */
  readonly source: string;
  /** Where files that it names may lie: beside the user's file, and in the kit. */
  readonly folders: readonly string[];
}

/** @throws InputError if there is no such name or file, or it holds no record */
export async function readRecord(
  nameOrFile: string,
  catalogue: Catalogue,
): Promise<SettingsRecord> {
  const { kind, entries } = catalogue;
  const load = Object.hasOwn(entries, nameOrFile) ? entries[nameOrFile] : undefined;
  if (load !== undefined) {
    const input = (await load()) as Readonly<Record<string, unknown>>;
    return { input, source: `${kind} ${nameOrFile}`, folders: [kitRoot] };
  }
  const other = CATALOGUES.find((each) => Object.hasOwn(each.entries, nameOrFile));
  if (other !== undefined) {
    throw new InputError(
      `${quote(nameOrFile)} is ${withArticle(other.kind)}, not ${withArticle(kind)}: ` +
        `\`kit ${other.command} ${nameOrFile}\` runs it`,
    );
  }
  if (!isSettingsFile(nameOrFile)) {
    const known = Object.keys(entries);
    throw new InputError(
      `there is no ${kind} ${quote(nameOrFile)}${suggestion(nameOrFile, known)} ` +
        '(`kit list` shows all; a file of your own ends in .json or .mjs)',
    );
  }
  const input = await readSettingsFile(nameOrFile, kind);
  return { input, source: nameOrFile, folders: [path.dirname(nameOrFile), kitRoot] };
}

export function isSettingsFile(nameOrFile: string): boolean {
  return ['.json', '.mjs', '.js'].includes(path.extname(nameOrFile));
}

/** @throws InputError if there is no such file, or it holds no record */
export async function readSettingsFile(
  file: string,
  kind: Catalogue['kind'],
): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(file)) throw new InputError(`${file}: no such file`);
  if (!statSync(file).isFile()) throw new InputError(`${file}: is no file`);
  const isJson = path.extname(file) === '.json';
  const input = isJson ? readJson(file) : await importValue(file, kind);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InputError(`${file}: ${withArticle(kind)} is a record of settings`);
  }
  const settings = input as Readonly<Record<string, unknown>>;
  if (!isJson) return settings;
  // A run's own settings, changed or not, serve as those of another.
  const { checksum: _, ...others } = settings;
  return others;
}

/** The default export of a module, or the only one. */
async function importValue(file: string, kind: Catalogue['kind']): Promise<unknown> {
  let exports: Record<string, unknown>;
  try {
    exports = (await import(pathToFileURL(path.resolve(file)).href)) as Record<string, unknown>;
  } catch (error) {
    throw new InputError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const values = Object.values(exports);
  if ('default' in exports) return exports['default'];
  if (values.length === 1) return values[0];
  throw new InputError(`${file}: must export one ${kind}, as its default`);
}

function withArticle(kind: Catalogue['kind']): string {
  return `${kind === 'experiment' ? 'an' : 'a'} ${kind}`;
}
