/** Checks of generator settings that hold in every environment. */
import { InputError } from './inputError.ts';

/** @throws InputError naming the field */
export function checkWhole<Field extends string>(
  settings: Readonly<Record<Field, number>>,
  field: Field,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  const value = settings[field];
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new InputError(`${field}: ${value} is not a whole number from ${min} to ${max}`);
  }
}
