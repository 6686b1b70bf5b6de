/**
 * Logs of JSON lines that say themselves whether they were changed: the last field of each line is a
 * checksum of it and of all lines before it.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { explainWriteError, sha256, writeFileAtomic } from './files.ts';
import { parseJsonLine } from './json.ts';
import { readText } from './reading.ts';

export interface LogLine {
  /** As it stands in the file, without its newline. */
  readonly text: string;
  /** Its fields but the checksum. */
  readonly value: Readonly<Record<string, unknown>>;
}

export interface Log {
  /** The lines up to the first that was changed. */
  readonly lines: readonly LogLine[];
  /** Why the lines after these don't count; null if there are none. */
  readonly fault: string | null;
  /** False if lines of an earlier version are there, which have no checksum. */
  readonly isSealed: boolean;
  /** Checksum of all lines; empty without sealed ones. */
  readonly checksum: string;
}

/**
 * Reads a log; one that is not there is empty. A last line without its newline was cut off by a kill, and
 * is passed over. @throws InputError if the file can't be read
 */
export function readLog(file: string): Log {
  const texts = existsSync(file) ? readText(file).split('\n').slice(0, -1) : [];
  const lines: LogLine[] = [];
  let checksum = '';
  let isSealed = true;
  for (const [index, text] of texts.entries()) {
    const where = `${file}, line ${index + 1}`;
    const end = (fault: string): Log => ({ lines, fault, isSealed, checksum });
    let parsed: unknown;
    try {
      parsed = parseJsonLine(text, where);
    } catch (error) {
      return end((error as Error).message);
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      return end(`${where}: holds no record`);
    }
    const { checksum: seal, ...value } = parsed as LogLine['value'];
    if (seal === undefined && checksum === '') isSealed = false;
    else if (seal === chained(value, checksum)) checksum = seal;
    else return end(`${where}: was changed, or lines before it: its checksum does not match`);
    lines.push({ text, value });
  }
  return { lines, fault: null, isSealed, checksum };
}

/**
 * Keeps the first lines of a log, as far as `keep` says.
 * @returns a function that appends a line; it and this throw an InputError if the file can't be written
 */
export function continueLog(
  file: string,
  keep: (value: LogLine['value']) => boolean,
): { readonly kept: readonly LogLine['value'][]; readonly append: (line: object) => void } {
  const { lines } = readLog(file);
  const end = lines.findIndex(({ value }) => !keep(value));
  const kept = end < 0 ? lines : lines.slice(0, end);
  writeFileAtomic(file, kept.map(({ text }) => `${text}\n`).join(''));
  let { checksum } = readLog(file);
  return {
    kept: kept.map(({ value }) => value),
    append(line) {
      checksum = chained(line, checksum);
      try {
        appendFileSync(file, `${JSON.stringify({ ...line, checksum })}\n`);
      } catch (error) {
        throw explainWriteError(error, file);
      }
    },
  };
}

const LENGTH = 16;

function chained(line: object, before: string): string {
  return sha256(before, JSON.stringify(line)).slice(0, LENGTH);
}
