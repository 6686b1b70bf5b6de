/** JSON against a schema, with the place of what is wrong as one line. */
import { z } from 'zod';
import { InputError } from '../envs/inputError.ts';

/** @throws InputError that begins with `where` and the path of the first field that is wrong */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.length ? `${z.core.toDotPath(issue.path)}: ` : '';
  throw new InputError(`${where}: ${field}${issue?.message ?? 'malformed'}`);
}
