import { expect, it } from 'vitest';
import { environmentOf, environments } from '../../envs/index.ts';
import { InputError } from '../../envs/inputError.ts';

it('every environment is found by its name', () => {
  for (const [name, environment] of Object.entries(environments)) {
    expect(environment.name).toBe(name);
    expect(environmentOf(name)).toBe(environment);
  }
});

it.each(['mazes', '', 'constructor', '__proto__'])(
  '"%s" is refused with the known names',
  (name) => {
    expect(() => environmentOf(name)).toThrow(InputError);
    expect(() => environmentOf(name)).toThrow(/known are maze, sokoban$/);
  },
);
