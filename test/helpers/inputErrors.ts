import { expect } from 'vitest';
import { InputError } from '../../envs/inputError.ts';

/** Expects an error that a user can act on: an InputError of one line. */
export function expectInputError(act: () => unknown, message: RegExp): void {
  let caught: unknown;
  try {
    act();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(InputError);
  expect((caught as Error).message).toMatch(message);
  expect((caught as Error).message).not.toContain('\n');
}
