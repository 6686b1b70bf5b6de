/**
 * What yargs complains about, in one line of our words: it names the flag or command, and the
 * nearest one that exists.
 */
import type { Command } from './command.ts';
import { usageOf } from './command.ts';
import { flagName, quote } from './flags.ts';
import { suggestion } from './nearest.ts';
import { UsageError } from './usageError.ts';

/** Flags of every command. */
export const GLOBAL_FLAGS: readonly string[] = ['help', 'version', 'verbose', 'quiet'];

const EVERYWHERE = [...GLOBAL_FLAGS.map((name) => `--${name}`), '-h', '-q'];

export const NO_COMMAND = 'name a command';

/** What yargs calls a command line that lacks something. */
const INCOMPLETE = /^(Missing required argument|Not enough non-option argument)/;

/** @param message of yargs */
export function explained(
  message: string,
  argv: readonly string[],
  commands: readonly Command[],
): UsageError {
  if (INCOMPLETE.test(message)) {
    const command = commandOf(argv, commands)!;
    // What is missing may be the value of a flag that there is not.
    const stray = strayFlag(argv, command);
    if (stray !== undefined) return new UsageError(unknownFlag(stray, [command]));
    return new UsageError(explain(message, argv, commands), { isIncomplete: true });
  }
  const explanation = explain(message, argv, commands);
  return new UsageError(explanation, { isIncomplete: explanation === NO_COMMAND });
}

/** As it was typed. */
function strayFlag(argv: readonly string[], command: Command): string | undefined {
  const known = [...flagsOf(command), ...EVERYWHERE];
  return argv.find((arg) => /^--?[a-z]/i.test(arg) && !known.includes(arg.split('=')[0]!));
}

/** How the command of a line is used, or the kit, and where its help is. */
export function usageHint(argv: readonly string[], commands: readonly Command[]): string {
  const command = commandOf(argv, commands);
  if (command === undefined) {
    const names = commands.map(({ name }) => name).join(', ');
    return `usage: kit <command>; \`kit --help\` says what each does\ncommands: ${names}`;
  }
  const needed = Object.entries(command.flags)
    .filter(([, { required }]) => required)
    .map(([key]) => ` --${flagName(key)} <${key.toUpperCase()}>`);
  const others = Object.keys(command.flags).length > needed.length ? ' [flags]' : '';
  const usage = `usage: kit ${usageOf(command)}${needed.join('')}${others}`;
  return `${usage}; \`kit ${command.name} --help\` says more`;
}

function commandOf(argv: readonly string[], commands: readonly Command[]): Command | undefined {
  const word = argv.find((arg) => !arg.startsWith('-'));
  return commands.find(({ name }) => name === word);
}

function explain(message: string, argv: readonly string[], commands: readonly Command[]): string {
  const word = argv.find((arg) => !arg.startsWith('-'));
  const command = commandOf(argv, commands);
  const [kind = '', names = ''] = message.split(/: (.*)/s);
  const [name = ''] = names.split(', ');
  switch (kind.replace(/s$/, '')) {
    case NO_COMMAND: {
      const flag = argv.find((arg) => /^-./.test(arg) && !EVERYWHERE.includes(arg.split('=')[0]!));
      return flag === undefined ? message : unknownFlag(flag, command ? [command] : commands);
    }
    case 'Unknown command':
      return unknownCommand(name, commands);
    case 'Unknown argument': {
      const flag = argv.find((arg) => arg.startsWith('-') && nameOf(arg) === name);
      if (command === undefined) {
        // What is no command knows no flags: of two mistakes the first is named.
        const first = argv.find((arg) => arg === word || arg === flag) ?? name;
        return first === flag ? unknownFlag(flag, []) : unknownCommand(first, commands);
      }
      if (flag !== undefined) return unknownFlag(flag, [command]);
      return `${command.name} takes no further argument ${quote(name)}`;
    }
    case 'Missing required argument':
      return `--${name} is missing`;
    case 'Argument unexpected for': {
      const flag = argv.find((arg) => arg.includes('=') && nameOf(arg) === name);
      return `${flag?.split('=')[0] ?? `--${name}`} takes no value`;
    }
    case 'Not enough arguments following':
      return `--${name} needs a value`;
    case 'Not enough non-option argument':
      return `${command?.name} needs ${command?.arguments.map((each) => each.name).join(' and ')}`;
    default:
      return message.replaceAll(/\s*\n\s*/g, '; ');
  }
}

function unknownCommand(name: string, commands: readonly Command[]): string {
  const known = commands.map((command) => command.name);
  return `there is no command ${name}${suggestion(name, known)}`;
}

/** @param flag as it was typed @param commands those that may be meant */
function unknownFlag(flag: string, commands: readonly Command[]): string {
  const name = flag.split('=')[0]!;
  const owner = commands.find((command) => flagsOf(command).includes(name));
  if (owner !== undefined) {
    // It was typed before the command, when yargs does not know that it takes no value.
    return `${name}: flags of a command come after its name, as in kit ${owner.name} ${name}`;
  }
  const own = commands.length === 1 ? flagsOf(commands[0]!) : [];
  const known = [...own, ...GLOBAL_FLAGS.map((each) => `--${each}`)];
  return `unknown flag ${name}${suggestion(name, known)}`;
}

function flagsOf({ flags }: Command): string[] {
  return Object.keys(flags).map((key) => `--${flagName(key)}`);
}

/** Without dashes and value. */
function nameOf(arg: string): string {
  return arg.replace(/^--?/, '').split('=')[0]!;
}
