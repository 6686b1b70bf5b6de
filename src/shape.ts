/** JSON against a schema, with the place of what is wrong as one line. */
import { z } from 'zod';
import { complaint, InputError } from '../envs/inputError.ts';

/** @throws InputError that begins with `where` and the path of the first field that is wrong */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError(complaint(where, z.core.toDotPath(issue!.path), issue!.message));
}
