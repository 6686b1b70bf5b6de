/**
 * Records in files that say themselves whether they were changed: their last field is a checksum of the
 * others.
 */
import type { z } from 'zod';
import { InputError } from '../envs/inputError.ts';
import { sha256, writeJsonAtomic } from './files.ts';
import { readJson } from './reading.ts';
import { checkShape } from './shape.ts';

/** Writes a record with a checksum of its content. */
export function writeSealed(file: string, content: object): void {
  writeJsonAtomic(file, { ...content, checksum: contentChecksum(content) });
}

/**
 * Reads a record, which may lack its checksum, as those of earlier versions do.
 * @throws InputError naming the file, and the first wrong field or that the content was changed
 */
export function readSealed<Schema extends z.ZodType>(
  schema: Schema,
  file: string,
): z.output<Schema> {
  return parseSealed(schema, readJson(file), file);
}

/** The same for the value of a file. */
export function parseSealed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  file: string,
): z.output<Schema> {
  const { checksum, ...content } = fieldsOf(value, file);
  const parsed = checkShape(schema, content, file);
  if (checksum === undefined || checksum === contentChecksum(content)) return parsed;
  throw new InputError(`${file}: was changed: its checksum does not match`);
}

/** @throws InputError if the value of a file, of which no version lacks its checksum, lacks it */
export function requireChecksum(value: unknown, file: string): void {
  if (!('checksum' in fieldsOf(value, file))) throw new InputError(`${file}: checksum: is missing`);
}

/** False for a record without checksum. @throws InputError if the file can't be read */
export function isSealed(file: string): boolean {
  const value = readJson(file);
  return typeof value === 'object' && value !== null && 'checksum' in value;
}

function fieldsOf(value: unknown, file: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new InputError(`${file}: holds no record`);
}

/** White space in the file makes no difference. */
function contentChecksum(content: object): string {
  return sha256(JSON.stringify(content));
}
