/** JSON that says where it is at fault, and that repeats no name. */
import { InputError } from '../envs/inputError.ts';

/** @throws InputError that begins with `file`, line and column */
export function parseJson(text: string, file: string): unknown {
  const value = parsed(text, file);
  const key = faultyKey(text);
  if (key !== null) throw new InputError(`${file}: ${placeAt(text, key.index)}: ${key.fault}`);
  return value;
}

/** One line of many. @throws InputError that begins with `where` */
export function parseJsonLine(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${where}: not valid JSON: ${(error as Error).message}`);
  }
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: ${placeOfFault(text, (error as Error).message)}`);
  }
}

/**
 * Node does not always say where a fault is: it lies behind the longest beginning of the text that
 * something could follow.
 */
function placeOfFault(text: string, message: string): string {
  let [sound, unsound] = [0, text.length + 1];
  while (unsound - sound > 1) {
    const middle = Math.floor((sound + unsound) / 2);
    if (couldGoOn(text.slice(0, middle))) sound = middle;
    else unsound = middle;
  }
  const fault = message.replace(/( in JSON)? at position .*$|, (\.\.\.)?".*$/s, '');
  return `${placeAt(text, sound)}: not valid JSON: ${fault}`;
}

/** Whether `text` is JSON, or at fault only in ending too early. */
function couldGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return /end of JSON|Unterminated/.test(message) || Number(position) >= text.length;
  }
}

/** Strings, keys with their colon, and the ends of records and lists, in valid JSON. */
const PARTS = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/** The first key that stands twice in a record, or that JavaScript gives a meaning of its own. */
function faultyKey(text: string): { readonly index: number; readonly fault: string } | null {
  const known: (Set<string> | null)[] = [];
  for (const { 0: part, 1: colon, index } of text.matchAll(PARTS)) {
    if (part === '{') known.push(new Set());
    else if (part === '[') known.push(null);
    else if (part === '}' || part === ']') known.pop();
    else if (colon !== undefined) {
      const quoted = part.slice(0, -colon.length);
      const key = JSON.parse(quoted) as string;
      if (key === '__proto__') return { index, fault: `${quoted} can't be a name` };
      if (known.at(-1)!.has(key)) return { index, fault: `${quoted} stands there twice` };
      known.at(-1)!.add(key);
    }
  }
  return null;
}

function placeAt(text: string, index: number): string {
  const before = text.slice(0, index).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
