/**
 * Something that the user gave can't be used. The message is one line that names the flag, field,
 * file, line or column at fault; the command line prints it without a stack and ends with 1.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** `file: field: what is wrong`; parts that are empty are left out. */
export function complaint(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(': ');
}
