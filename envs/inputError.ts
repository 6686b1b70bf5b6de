/**
 * Something that the user gave can't be used. The message is one line that names the flag, field,
 * file, line or column at fault; the command line prints it without a stack and ends with 1.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}
