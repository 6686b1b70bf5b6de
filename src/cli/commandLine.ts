/** The command line as yargs reads it: strict, in English, every value left as text. */
import makeYargs, { type Argv } from 'yargs';
import { explained, GLOBAL_FLAGS, NO_COMMAND } from './complaints.ts';
import { declare, NO_VALUE, STDIN, usageOf, type Command } from './command.ts';
import { completionCommand, COMPLETION_REQUEST, completions } from './completion.ts';

export interface GlobalFlags {
  readonly verbose: boolean;
  readonly quiet: boolean;
}

export type Invoke = (
  command: Command,
  given: Readonly<Record<string, unknown>>,
  flags: GlobalFlags,
) => Promise<void>;

const SWITCH = { type: 'boolean', ...NO_VALUE } as const;

export interface CommandLineOptions {
  readonly commands: readonly Command[];
  readonly version: string;
  readonly invoke: Invoke;
}

/** @throws UsageError, and what `invoke` throws */
export async function runCommandLine(
  argv: readonly string[],
  { commands, version, invoke }: CommandLineOptions,
): Promise<void> {
  if (argv[0] === COMPLETION_REQUEST) {
    const flags = GLOBAL_FLAGS.map((name) => `--${name}`);
    const found = await completions(argv.slice(1), commands, flags);
    process.stdout.write(found.map((line) => `${line}\n`).join(''));
    return;
  }
  const yargs = strictYargs(argv, version).fail((message: string | null, error?: Error) => {
    const own = error !== undefined && error.name !== 'YError';
    throw own ? error : explained(message ?? error?.message ?? '', argv, all);
  });
  const all = [...commands, completionCommand(() => void yargs.showCompletionScript())];
  for (const command of all) {
    yargs.command(
      usageOf(command),
      command.describe,
      (own: Argv<object>) => declare(own, command),
      (given: Readonly<Record<string, unknown>>) => invoke(command, given, globalFlags(given)),
    );
  }
  await yargs.parseAsync();
}

function strictYargs(argv: readonly string[], version: string): Argv {
  const yargs = makeYargs(argv.map((arg) => (arg === '-' ? STDIN : arg)))
    .scriptName('kit')
    .locale('en')
    .usage('$0 <command>\n\nSmall transformers that learn to plan, fast and slow')
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'boolean-negation': false,
      'camel-case-expansion': false,
      'short-option-groups': false,
      'greedy-arrays': false,
    })
    .option('verbose', { ...SWITCH, describe: 'Show the stack of an error' })
    .option('quiet', { ...SWITCH, alias: 'q', describe: 'Show no progress and no remarks' })
    .alias('help', 'h')
    .version(version)
    .nargs({ help: 0, version: 0 })
    .group([...GLOBAL_FLAGS], 'Everywhere:')
    .strict()
    .demandCommand(1, NO_COMMAND)
    .exitProcess(false)
    .wrap(Math.min(100, process.stdout.columns || 100))
    .example('kit run demo', 'The whole loop on small mazes: data, training, evaluation, report')
    .example('kit gen-mazes --size 30', '10,000 mazes with their A* traces, in data/maze30')
    .example('kit trace maze.txt', "A*'s search of a maze that you drew")
    .epilogue('Help on one command: kit <command> --help');
  // Help without [string] after every flag. Missing from the types of yargs.
  type Configurable = { usageConfiguration(options: object): void };
  (yargs as unknown as Configurable).usageConfiguration({ 'hide-types': true });
  return yargs;
}

function globalFlags(given: Readonly<Record<string, unknown>>): GlobalFlags {
  return { verbose: given['verbose'] === true, quiet: given['quiet'] === true };
}
