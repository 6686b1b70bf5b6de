/** The environments by name. A new one is a folder here and a line in `environments`. */
import type { Environment } from './environment.ts';
import { InputError } from './inputError.ts';
import { mazeEnvironment } from './maze/environment.ts';
import { sokobanEnvironment } from './sokoban/environment.ts';

export { mazeEnvironment, sokobanEnvironment };

export const environments: Readonly<Record<string, Environment>> = {
  maze: mazeEnvironment,
  sokoban: sokobanEnvironment,
};

/** @throws InputError with the known names. */
export function environmentOf(name: string): Environment {
  const environment = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (environment !== undefined) return environment;
  const known = Object.keys(environments).join(', ');
  throw new InputError(`environment "${name}" is unknown; known are ${known}`);
}
