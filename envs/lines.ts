/** What reading drawn problems has in common: lines, and errors that say where. */
import { InputError } from './inputError.ts';

/** Lines without their ends, whatever system wrote them; a byte order mark is dropped. */
export function linesOf(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Line and column count from 1. @throws InputError always */
export function refuse(line: number, column: number, reason: string): never {
  throw new InputError(`line ${line}, column ${column}: ${reason}`);
}

/** The character at `index`, fit for a message. */
export function characterAt(line: string, index: number): string {
  const character = String.fromCodePoint(line.codePointAt(index)!);
  if (character === ' ') return 'a blank';
  if (character === '\t') return 'a tab';
  if (/[\p{C}\p{Z}]/u.test(character))
    return `U+${character.codePointAt(0)!.toString(16).padStart(4, '0').toUpperCase()}`;
  return `"${character}"`;
}

export const MAX_SIDE = 100;

/** Refuses drawings larger than the environments are made for. */
export function checkSides(
  { width, height }: { readonly width: number; readonly height: number },
  { min, firstLine }: { readonly min: number; readonly firstLine: number },
): void {
  const range = `${min} to ${MAX_SIDE}`;
  if (width > MAX_SIDE || width < min) {
    refuse(firstLine, Math.min(width, MAX_SIDE) + 1, `${width} cells wide; must be ${range}`);
  }
  if (height > MAX_SIDE || height < min) {
    refuse(firstLine + Math.min(height, MAX_SIDE), 1, `${height} cells high; must be ${range}`);
  }
}
