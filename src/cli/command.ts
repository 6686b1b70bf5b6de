/**
 * A command as a declaration: its arguments, flags, examples, and what to run. The declarations are
 * cheap to load, so that help and completion are quick; `run` imports what it needs.
 */
import type { Argv } from 'yargs';
import { flagName, type Flag, type Flags, type Given, type Values } from './flags.ts';
import type { Session } from './session.ts';
import { UsageError } from './usageError.ts';

/** Stands for a lone dash, which yargs would turn into an empty text; messages name it so. */
export const STDIN = '<stdin>';

export interface Command {
  readonly name: string;
  readonly describe: string;
  readonly arguments: readonly Argument[];
  readonly flags: Flags;
  readonly examples: readonly Example[];
  /**
   * How to go on after Ctrl-C or SIGTERM, on which the command saves before it leaves; null if
   * there is nothing to save, so that they end it at once.
   */
  readonly goOn: string | null;
  /** Runs with the arguments as yargs found them. */
  run(given: Readonly<Record<string, unknown>>, session: Session): Promise<void>;
}

export interface Argument {
  /** As the help shows it, in capitals. */
  readonly name: string;
  readonly describe: string;
  /** Takes one or more. */
  readonly many?: boolean;
  /** May be left out; the last one only. */
  readonly optional?: boolean;
  /** Known values, for the shell to complete. */
  readonly choices?: () => Promise<readonly string[]>;
}

/** A command line and what it does. */
export type Example = readonly [commandLine: string, describe: string];

export interface Definition<F extends Flags> extends Omit<Command, 'run' | 'goOn' | 'arguments'> {
  readonly arguments?: readonly Argument[];
  readonly flags: F;
  readonly goOn?: string;
  /** @param args the texts of the arguments, in order */
  readonly run: (args: readonly string[], flags: Values<F>, session: Session) => Promise<void>;
}

export function defineCommand<const F extends Flags>(definition: Definition<F>): Command {
  const { flags, arguments: args = [], goOn = null } = definition;
  return {
    ...definition,
    goOn,
    arguments: args,
    run: (given, session) =>
      definition.run(readArguments(args, given), readFlags(flags, given), session),
  };
}

/** As yargs and the help have it: `trace <FILE>`. */
export function usageOf({ name, arguments: args }: Command): string {
  const names = args.map(({ name, many = false, optional = false }) => {
    const inside = many ? `${name}..` : name;
    return optional ? `[${inside}]` : `<${inside}>`;
  });
  return [name, ...names].join(' ');
}

/** Of a switch, to which yargs would else read any value but `true` as false. */
export const NO_VALUE = { nargs: 0 } as const;

/** Tells yargs what there is; values stay text. */
export function declare<T>(yargs: Argv<T>, command: Command): Argv<T> {
  for (const { name, describe, many = false } of command.arguments) {
    yargs.positional(name, { describe, type: 'string', array: many });
  }
  for (const [key, flag] of Object.entries(command.flags)) {
    yargs.option(flagName(key), {
      describe: helpOf(flag),
      type: flag.kind === 'switch' ? 'boolean' : 'string',
      array: flag.kind === 'list',
      ...(flag.kind === 'switch' ? NO_VALUE : { requiresArg: true }),
      demandOption: flag.required ?? false,
      ...(flag.default !== undefined && { default: flag.default }),
    });
  }
  for (const [line, description] of command.examples) yargs.example(line, description);
  return yargs;
}

/** yargs would add [string] too, which says nothing here. */
function helpOf({ describe, default: standard, required = false }: Flag<unknown>): string {
  if (required) return `${describe} [required]`;
  return standard === undefined ? describe : `${describe} [default: ${standard}]`;
}

function readArguments(args: readonly Argument[], given: Readonly<Record<string, unknown>>) {
  return args.flatMap(({ name, many, optional }) => {
    if (optional && given[name] === undefined) return [];
    const texts = many ? (given[name] as string[]) : [given[name] as string];
    if (texts.some((text) => text.trim() === '')) throw new UsageError(`${name} is empty`);
    return texts;
  });
}

function readFlags<F extends Flags>(flags: F, given: Readonly<Record<string, unknown>>): Values<F> {
  return Object.fromEntries(
    Object.entries(flags).map(([key, flag]) => {
      const name = flagName(key);
      return [key, flag.read(given[name] as Given, `--${name}`)];
    }),
  ) as Values<F>;
}
