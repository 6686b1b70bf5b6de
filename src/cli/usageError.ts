/**
 * The command line can't be understood: an unknown or missing flag or command, or a value that
 * can't be read. Ends with exit code 2, where an `InputError` ends with 1.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** Whether something is missing, so that the command's usage helps. */
  readonly isIncomplete: boolean;

  constructor(message: string, { isIncomplete = false } = {}) {
    super(message);
    this.isIncomplete = isIncomplete;
  }
}
