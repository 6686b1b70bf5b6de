import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

const folder = temporaryFolder();
const out = path.join(folder, 'out');
const notRun = path.join(folder, 'empty');

describe('a command line that can not be understood ends with 2 and one line', () => {
  it.each<[argv: string, line: string | RegExp]>([
    ['foo', 'there is no command foo'],
    ['tarce maze.txt', 'there is no command tarce; did you mean trace?'],
    ['foo --json', 'there is no command foo'],
    ['gen-maze --size 6', 'there is no command gen-maze; did you mean gen-mazes?'],
    ['--quiet gen-maze --size 6', 'there is no command gen-maze; did you mean gen-mazes?'],
    ['--sise 6 gen-mazes', 'unknown flag --sise'],
    ['--verison', 'unknown flag --verison; did you mean --version?'],
    [
      '--json trace maze.txt',
      '--json: flags of a command come after its name, as in kit trace --json',
    ],
    ['trace', 'trace needs FILE'],
    ['solve', 'solve needs RUN and FILE'],
    ['trace a.txt b.txt', 'trace takes no further argument "b.txt"'],
    ['trace --bogus a.txt', 'unknown flag --bogus'],
    ['train demo --outt OUT', 'unknown flag --outt; did you mean --out?'],
    ['trace a.txt --jsn', 'unknown flag --jsn; did you mean --json?'],
    ['gen-mazes --out OUT', '--size is missing (or --width and --height)'],
    ['gen-mazes --width 4 --out OUT', '--height is missing beside --width'],
    ['gen-mazes --size 4 --width 4 --out OUT', /^--size is both --width and --height/],
    ['gen-mazes --sise 4 --out OUT', 'unknown flag --sise; did you mean --size?'],
    ['gen-mazes --size 4 --no-resume --out OUT', /^unknown flag --no-resume/],
    ['gen-mazes --size --out OUT', '--size needs a value'],
    ['gen-mazes --size 4 --nondeterministic=yes --out OUT', '--nondeterministic takes no value'],
    ['gen-mazes --size 4 --nondeterministic=true --out OUT', '--nondeterministic takes no value'],
    ['gen-mazes --size 4 --nondeterministic= --out OUT', '--nondeterministic takes no value'],
    ['trace maze.txt --quiet=no', '--quiet takes no value'],
    ['trace maze.txt -q=no', '-q takes no value'],
    ['trace --json true maze.txt', 'trace takes no further argument "maze.txt"'],
    ['gen-mazes --size= --out OUT', '--size needs a value'],
    ['gen-mazes --size abc --out OUT', '--size must be a whole number, not "abc"'],
    ['gen-mazes --size NaN --out OUT', '--size must be a whole number, not "NaN"'],
    ['gen-mazes --size 1.5 --out OUT', '--size must be a whole number, not "1.5"'],
    ['gen-mazes --size 4 --size 5 --out OUT', '--size is given more than once'],
    ['gen-mazes --size 4 --count many --out OUT', '--count must be a whole number, not "many"'],
    ['gen-mazes --size 4 --seed x --out OUT', '--seed must be a whole number, not "x"'],
    ['gen-mazes --size 4 --walls lots --out OUT', /^--walls must be a share such as .*"lots"$/],
    ['gen-sokoban --boxes two --out OUT', '--boxes must be a whole number, not "two"'],
    ['train demo', '--out is missing'],
    ['train --out OUT', 'train needs EXPERIMENT'],
    ['train demo --out OUT --set steps', /^--set needs SETTING=VALUE, .*not "steps"$/],
    ['train demo --out OUT --set =3', /^--set needs SETTING=VALUE/],
    [
      'train demo --out OUT --set training.steps=many',
      /steps: must be a whole number, not "many"$/,
    ],
    ['train demo --out OUT --set training.steps=1.5', /steps: must be a whole number, not 1.5$/],
    ['eval RUN --samples 1.5', '--samples must be a whole number, not "1.5"'],
    ['eval RUN --temperature warm', '--temperature must be a number, not "warm"'],
    ['show DATA --level one', '--level must be a whole number, not "one"'],
    ['completion zzz', 'completion takes no further argument "zzz"'],
    ['completion --zzz', 'unknown flag --zzz'],
    ['data', 'data needs ACTION and DATASET'],
    ['data stats', 'data needs ACTION and DATASET'],
    ['data stast DATA', 'data: there is no "stast", only stats; did you mean stats?'],
    ['data stats DATA --csv', 'unknown flag --csv'],
    ['doctor --threads two', '--threads must be a whole number, not "two"'],
  ])('kit %s', async (argv, line) => {
    await expectRefusal(argv, { code: 2, line });
  });

  it('an empty value is no value', async () => {
    const { code, stderr } = await runKit('gen-mazes', '--size', '', '--out', out);
    expect([code, stderr]).toEqual([2, 'kit: --size needs a value\n']);
  });
});

describe('a value that can not be used ends with 1 and one line', () => {
  it.each<[argv: string, line: string | RegExp]>([
    ['gen-mazes --size 0 --out OUT', '--size must be at least 2, not 0'],
    ['gen-mazes --size 1 --out OUT', '--size must be at least 2, not 1'],
    ['gen-mazes --size -3 --out OUT', '--size must be at least 2, not -3'],
    ['gen-mazes --size 1e9 --out OUT', '--size must be at most 100, not 1000000000'],
    ['gen-mazes --width 3 --height 101 --out OUT', '--height must be at most 100, not 101'],
    ['gen-mazes --size 4 --walls 0.5-0.3 --out OUT', /^--walls: the first share must not exceed/],
    ['gen-mazes --size 4 --walls 0.3-7 --out OUT', '--walls must be at most 1, not 7'],
    ['gen-mazes --size 4 --count 0 --out OUT', '--count must be at least 1, not 0'],
    ['gen-mazes --size 4 --jobs 0 --out OUT', '--jobs must be at least 1, not 0'],
    ['gen-mazes --size 4 --jobs 1000 --out OUT', '--jobs must be at most 256, not 1000'],
    ['run demo --threads 1e6 --out OUT', '--threads must be at most 4096, not 1000000'],
    ['gen-mazes --size 4 --walls 1 --jobs 1 --out OUT', /^--walls: /],
    ['gen-mazes --size 2 --count 1000 --jobs 1 --out OUT', /^--count: found \d+ of the 1200 /],
    ['gen-sokoban --size 4 --out OUT', '--size must be at least 5, not 4'],
    ['gen-sokoban --boxes 9 --out OUT', '--boxes must be at most 8, not 9'],
    ['train dmeo --out OUT', /^there is no experiment "dmeo"; did you mean demo\?/],
    [
      'train demo --out OUT --set trainng.steps=5',
      /there is no such setting; did you mean training.steps/,
    ],
    [
      'run demo --out OUT --backend gpu',
      /^--backend: there is no "gpu", only tensorflow, wasm, cpu/,
    ],
    ['run demo --out OUT --threads 0', '--threads must be at least 1, not 0'],
    ['eval RUN --mode sideways', '--mode: there is no "sideways", only slow, fast, auto'],
    ['eval RUN --samples 0', '--samples must be at least 1, not 0'],
    ['eval RUN --temperature -1', '--temperature must be at least 0, not -1'],
    ['eval RUN --temperature 1e-40', '--temperature must be 0 or at least 0.000001, not 1e-40'],
    ['eval RUN --tasks 1e400', '--tasks must be at most 100000000, not Infinity'],
    ['bootstrap RUN --learning-rate 1e308', '--learning-rate must be at most 1000, not 1e+308'],
    ['eval RUN --top-k 0', '--top-k must be at least 1, not 0'],
    ['eval RUN --top-p 0', '--top-p must be above 0, not 0'],
    ['eval RUN --top-p 1.5', '--top-p must be at most 1, not 1.5'],
    ['eval RUN --form sonnet', '--form: there is no "sonnet", only any, well-formed, complete'],
    ['eval RUN --precision half', '--precision: there is no "half", only fp32, bf16'],
    [
      'solve RUN maze.txt --temperature 0 --top-k 3',
      '--top-k needs a --temperature above 0, not 0',
    ],
    ['eval RUN', /holds no run/],
    ['eval nowhere', 'nowhere: no such folder'],
    ['solve RUN maze.txt --mode sideways', /^--mode: there is no "sideways"/],
    ['report RUN', /holds no run/],
    ['report nowhere', 'nowhere: no such folder'],
    ['show nowhere', 'nowhere: no such folder'],
    ['show RUN --level 5', '--level must be at most 4, not 5'],
    ['data stats nowhere', 'nowhere: no such folder'],
    ['data stats RUN', 'RUN/manifest.json: no such file'],
    ['data stats RUN --split all', '--split: there is no "all", only train, validation, test'],
    ['trace nowhere.txt', 'nowhere.txt: no such file'],
    ['run nowhere.json', 'nowhere.json: no such file'],
  ])('kit %s', async (argv, line) => {
    await expectRefusal(argv, { code: 1, line });
  });
});

describe('the frame', () => {
  it.each([
    [
      '',
      'name a command',
      'kit <command>; `kit --help` says what each does\ncommands: run, sweep, ',
    ],
    [
      '-q',
      'name a command',
      'kit <command>; `kit --help` says what each does\ncommands: run, sweep, ',
    ],
    ['sweep', 'sweep needs STUDY', 'kit sweep <STUDY> [flags]; `kit sweep --help` says more\n'],
    [
      'train',
      'train needs EXPERIMENT',
      'kit train <EXPERIMENT> --out <OUT> [flags]; `kit train --help` says more\n',
    ],
    [
      'train demo',
      '--out is missing',
      'kit train <EXPERIMENT> --out <OUT> [flags]; `kit train --help` says more\n',
    ],
    [
      'gen-mazes',
      '--size is missing (or --width and --height)',
      'kit gen-mazes [flags]; `kit gen-mazes --help` says more\n',
    ],
    ['report', 'report needs RUN', 'kit report <RUN..> [flags]; `kit report --help` says more\n'],
  ])('says how `kit %s` is used, in a few lines', async (line, complaint, usage) => {
    const argv = line.split(' ').filter((word) => word !== '');
    const { code, stdout, stderr } = await runKit(...argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.startsWith(`kit: ${complaint}\nusage: ${usage}`)).toBe(true);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  });

  it('names stdin once in what is wrong with a drawing on it', async () => {
    const stdin = vi
      .spyOn(process, 'stdin', 'get')
      .mockReturnValue(Readable.from([Buffer.from('foo')]) as unknown as typeof process.stdin);
    const { code, stderr } = await runKit('trace', '-').finally(() => stdin.mockRestore());
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^kit: <stdin>: line 1, column 1: neither [^:]*\n$/),
    ]);
  });

  it('shows the stack of an error only if asked to', async () => {
    const plain = await runKit('trace', 'nowhere.txt');
    const verbose = await runKit('trace', 'nowhere.txt', '--verbose');
    expect(plain.stderr.split('\n')).toHaveLength(2);
    expect(verbose.stderr).toMatch(/^kit: nowhere.txt: no such file\nInputError: .*\n\s+at /);
  });

  it('prints its version', async () => {
    const { code, stdout } = await runKit('--version');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });

  it('refuses a folder that is no one’s before any work is done', async () => {
    const foreign = temporaryFolder();
    writeFileSync(path.join(foreign, 'thesis.tex'), '');
    const { code, stderr } = await runKit('run', 'demo', '--out', foreign);
    expect([code, stderr]).toEqual([
      1,
      `kit: ${foreign}: is not empty and holds no run: there is thesis.tex\n`,
    ]);
    expect(readdirSync(foreign)).toEqual(['thesis.tex']);
  });
});

/** Nothing on stdout, one line on stderr, nothing written. */
async function expectRefusal(
  argv: string,
  { code, line }: { readonly code: number; readonly line: string | RegExp },
): Promise<void> {
  const places: Record<string, string> = { OUT: out, RUN: folder, DATA: notRun };
  const outcome = await runKit(...argv.split(' ').map((word) => places[word] ?? word));
  const lines = outcome.stderr.split('\n').filter((each) => !/^(generating|usage: )/.test(each));
  expect(outcome).toMatchObject({ code, stdout: '' });
  expect(lines).toEqual([expect.stringMatching(/^kit: /), '']);
  const message = lines[0]!.replace(/^kit: /, '').replaceAll(folder, 'RUN');
  if (typeof line === 'string') expect(message).toBe(line);
  else expect(message).toMatch(line);
  expect(existsSync(out)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
}
