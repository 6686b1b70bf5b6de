import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/commandLine.ts';
import type { Command } from '../../../src/cli/command.ts';
import { flagName, type Given } from '../../../src/cli/flags.ts';
import { runKit, spawnKit } from '../../helpers/kit.ts';
import { TELLING_LOADS } from '../../helpers/loads.ts';

const byName = commands.map((command) => [command.name, command] as const);

describe('the help', () => {
  it('lists every command with what it does', async () => {
    const { code, stdout, stderr } = await runKit('--help');
    expect([code, stderr]).toEqual([0, '']);
    const words = stdout.replaceAll(/\s+/g, ' ');
    for (const { name, describe: does } of commands) {
      expect(stdout).toMatch(new RegExp(`^  kit ${name}\\b`, 'm'));
      expect(words).toContain(does);
    }
    expect(stdout).toContain('kit completion');
  });

  it.each(byName)('of %s names all its arguments, flags and examples', async (name, command) => {
    const { code, stdout } = await runKit(name, '--help');
    const words = stdout.replaceAll(/\s+/g, ' ');
    expect(code).toBe(0);
    for (const argument of command.arguments) expect(words).toContain(argument.name);
    for (const [key, flag] of Object.entries(command.flags)) {
      expect(words).toContain(`--${flagName(key)} `);
      expect(words).toContain(flag.describe);
    }
    expect(command.examples.length).toBeGreaterThan(0);
    expect(words).toContain('Examples:');
  });

  it.each(byName)('of %s says of every flag what it is, without its neighbours', (_, command) => {
    for (const { describe: does } of Object.values(command.flags)) {
      // A noun or a verb first, not what a noun before it would need.
      expect(does).toMatch(/^[A-Z]/);
      expect(does).not.toMatch(/^(Of|In|Until|Its|These|This|Only|With|Which|How|Against|As) /);
      expect(does.replace(/ \[.*/, '').split(' ').length).toBeGreaterThan(1);
    }
  });

  it.each(commands.flatMap(({ examples }) => examples))('shows what works: %s', async (line) => {
    const seen: [string, unknown][] = [];
    const argv = line
      .replace(/^(\w+=\S+ )?kit /, '')
      .replace(/ < .*/, '')
      .split(' ');
    await runCommandLine(argv, {
      commands,
      version: '0',
      invoke: async (command, given) => void seen.push([command.name, readAll(command, given)]),
    });
    expect(seen).toEqual([[argv[0], expect.anything()]]);
  });

  it('loads neither a tensor library nor the check of settings', async () => {
    const { code, stderr } = await spawnKit(['--help'], { node: TELLING_LOADS });
    expect(code).toBe(0);
    expect(stderr).toContain('loads yargs');
    expect(stderr).not.toMatch(/loads .*(tfjs|tensorflow|zod|arrow|parquet|jsdom|cli-progress)/);
  });
});

describe('completion', () => {
  it('has a script for the shell', async () => {
    const { code, stdout } = await runKit('completion');
    expect(code).toBe(0);
    expect(stdout).toContain('kit --get-yargs-completions');
  });

  it.each([
    ['kit ', 'gen-mazes'],
    ['kit run ', 'demo'],
    ['kit train d', 'demo'],
    ['kit eval RUN --mode ', 'fast'],
    ['kit eval RUN --mode a', 'auto'],
    ['kit eval RUN --form ', 'well-formed'],
    ['kit solve RUN maze.txt --precision ', 'bf16'],
    ['kit run demo --backend ', 'wasm'],
    ['kit gen-mazes --', '--validation-count'],
    ['kit data ', 'stats'],
    ['kit data stats --split ', 'validation'],
  ])('of "%s" offers %s', async (line, offered) => {
    const { code, stdout, stderr } = await runKit('--get-yargs-completions', ...line.split(' '));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toContain(offered);
  });

  it('leaves files to the shell', async () => {
    const { stdout } = await runKit('--get-yargs-completions', 'kit', 'trace', 'maze');
    expect(stdout.split('\n').filter((word) => word !== '' && !word.startsWith('-'))).toEqual([]);
  });
});

function readAll(command: Command, given: Readonly<Record<string, unknown>>): unknown[] {
  return Object.entries(command.flags).map(([key, flag]) =>
    flag.read(given[flagName(key)] as Given, `--${flagName(key)}`),
  );
}
