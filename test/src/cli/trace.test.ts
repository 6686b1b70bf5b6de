import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { renderMaze } from '../../../envs/maze/text.ts';
import { runKit, spawnKit, temporaryFolder } from '../../helpers/kit.ts';
import { arbitraryMaze, distancesTo } from '../../helpers/mazes.ts';

interface TraceLine {
  readonly environment: string;
  readonly prompt: string;
  readonly reasoning: string;
  readonly plan: string | null;
  readonly planLength: number | null;
}

const folder = temporaryFolder();

describe('kit trace --json', () => {
  /*
   * By hand, as in the papers' logs. The children of a cell in the order y+1, y−1, x−1, x+1; of equal
   * f the lower y goes first, then the lower x.
   *   S .      (0,0) g0 h2, f2: creates (0,1) g1 h1 and (1,0) g1 h1, both f2; (1,0) has the lower y
   *   . G      (1,0): creates the goal (1,1) g2 h0; (0,1) before (1,1) for its lower x; then the goal
   */
  it('is the hand-made trace of the 2×2 maze', async () => {
    expect(await traceLines('S.\n.G\n')).toEqual([
      {
        environment: 'maze',
        prompt: 'start 0 0 goal 1 1',
        reasoning:
          'create 0 0 c0 c2 close 0 0 c0 c2 create 0 1 c1 c1 create 1 0 c1 c1 ' +
          'close 1 0 c1 c1 create 1 1 c2 c0 close 0 1 c1 c1 close 1 1 c2 c0',
        plan: 'plan 0 0 plan 1 0 plan 1 1',
        planLength: 3,
      },
    ]);
  });

  /*
   * One push to the right: the worker at (1,1), the box at (2,1), the dock at (3,1); lines are ragged.
   * h counts the steps of the box: 1, then 0. Only the push is possible.
   */
  it('is the hand-made trace of a ragged Sokoban level', async () => {
    const level = '#####\n#@$.#\n####';
    expect(await traceLines(level)).toEqual([
      {
        environment: 'sokoban',
        prompt:
          'worker 1 1 box 2 1 dock 3 1 wall 0 0 wall 0 1 wall 0 2 wall 1 0 wall 1 2 ' +
          'wall 2 0 wall 2 2 wall 3 0 wall 3 2 wall 4 0 wall 4 1',
        reasoning:
          'create worker 1 1 box 2 1 c0 c1 close worker 1 1 box 2 1 c0 c1 ' +
          'create worker 2 1 c1 c0 close worker 2 1 c1 c0',
        plan: 'plan 1 1 plan 2 1',
        planLength: 2,
      },
    ]);
  });

  it('has the whole log and no plan where there is none', async () => {
    const [line] = await traceLines('S#G\n.#.\n');
    expect(line).toEqual({
      environment: 'maze',
      prompt: 'start 0 0 goal 2 0 wall 1 0 wall 1 1',
      reasoning: 'create 0 0 c0 c2 close 0 0 c0 c2 create 0 1 c1 c3 close 0 1 c1 c3',
      plan: null,
      planLength: null,
    });
  });

  it('is a line for each problem of a file, whatever the environment', async () => {
    const lines = await traceLines('\n\nS.G\n...\n\n#####\r\n#@$.#\r\n#####\r\n\r\n\nSG\n..');
    expect(lines.map(({ environment }) => environment)).toEqual(['maze', 'sokoban', 'maze']);
    expect(lines.map(({ planLength }) => planLength)).toEqual([3, 2, 2]);
  });

  it('says of any maze what is a shortest plan, and has room for every cost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryMaze(), { minLength: 1, maxLength: 20 }),
        async (mazes) => {
          const lines = await traceLines(mazes.map((maze) => renderMaze(maze)).join('\n\n'));
          expect(lines.map(({ planLength }) => planLength)).toEqual(
            mazes.map((maze) => {
              const steps = distancesTo(maze.goal, maze)[maze.start]!;
              return Number.isFinite(steps) ? steps + 1 : null;
            }),
          );
          for (const { reasoning, plan, planLength } of lines) {
            expect(reasoning).toMatch(
              /^create \d+ \d+ c0 c\d+( (create|close) \d+ \d+ c\d+ c\d+)*$/,
            );
            expect(plan?.split(' plan ').length ?? null).toBe(planLength);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('of a random search depends on the seed alone', async () => {
    const maze = `S${'.'.repeat(9)}\n${`${'.'.repeat(10)}\n`.repeat(8)}${'.'.repeat(9)}G\n`;
    const search = async (...flags: string[]) =>
      (await traceLines(maze, '--nondeterministic', ...flags))[0]!;
    const once = await search('--seed', '7');
    expect(await search('--seed', '7')).toEqual(once);
    expect((await search('--seed', '8')).reasoning).not.toBe(once.reasoning);
    expect(await search()).toEqual(await search('--seed', '1'));
    expect(once.planLength).toBe(19);
  });

  it('reads stdin as it reads a file', async () => {
    const { code, stdout } = await spawnKit(['trace', '-', '--json'], { stdin: 'S.\n.G\n' });
    expect(code).toBe(0);
    expect([JSON.parse(stdout)]).toEqual(await traceLines('S.\n.G\n'));
  });
});

describe('kit trace', () => {
  it('draws the plan, the order of the search and the tokens', async () => {
    const { code, stdout } = await runKit('trace', file('S..\n.#.\n..G\n'));
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'maze 3×3, line 1: plan of 5 positions, 8 states created, 8 closed',
        '',
        'plan    order of the search',
        'S**     1 2 3',
        '.#*     4 # 5',
        '..G     6 7 8',
        '',
        'prompt, 9 tokens',
        '  start 0 0 | goal 2 2 | wall 1 1',
        'reasoning, 80 tokens',
        '  create 0 0 c0 c4 | close 0 0 c0 c4 | create 0 1 c1 c3 | create 1 0 c1 c3 | close 1 0 c1 c3',
        '  create 2 0 c2 c2 | close 2 0 c2 c2 | create 2 1 c3 c1 | close 0 1 c1 c3 | create 0 2 c2 c2',
        '  close 2 1 c3 c1 | create 2 2 c4 c0 | close 0 2 c2 c2 | create 1 2 c3 c1 | close 1 2 c3 c1',
        '  close 2 2 c4 c0',
        'plan, 15 tokens',
        '  plan 0 0 | plan 1 0 | plan 2 0 | plan 2 1 | plan 2 2',
        '',
      ].join('\n'),
    );
  });

  it.each<[problem: string, text: string, at: string | RegExp]>([
    ['an empty file', '', /line 1, column 1: /],
    ['blank lines only', '\n \n', /line 1, column 1: /],
    ['a ragged maze', 'S..\n..\n..G\n', /line 2, column 3: /],
    ['two starts', 'S.S\n..G\n', /line 1, column 3: /],
    ['no goal', 'S..\n...\n', /goal/],
    ['a strange character', 'S.?\n..G\n', /line 1, column 3: .*\?/],
    ['a strange character in a later problem', 'S.\n.G\n\nS.\n.x\n', /line 5, column 2: /],
    ['more boxes than docks', '######\n#@$$.#\n######\n', /box|dock/],
    ['no worker', '#####\n# $.#\n#####\n', /worker/],
    ['two workers', '######\n#@@$.#\n######\n', /line 2, column 3: .*worker/],
    ['nothing that can be told', '###\n# #\n###\n', /line 1, column 1: /],
    ['a board that is too wide', `S${'.'.repeat(120)}G\n`.repeat(2), /line \d+, column \d+: /],
  ])('refuses %s with file, line and column', async (_, text, at) => {
    const name = file(text);
    const { code, stdout, stderr } = await runKit('trace', name, '--json');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^kit: .*\n$/);
    expect(stderr.startsWith(`kit: ${name}: line `)).toBe(true);
    expect(stderr).toMatch(at);
  });

  it('refuses a search that needs more memory than it may have', async () => {
    const name = file(`S.\n.G\n\n${LARGE_LEVEL}`);
    const limited = await runKit('trace', name, '--max-memory', '0.01', '--quiet');
    expect(limited.code).toBe(1);
    expect(limited.stdout).toContain('maze 2×2, line 1');
    expect(limited.stderr.replace(/\d[\d,]+ states/, 'MANY states')).toBe(
      `kit: ${name}: line 4: the search needs more than 0.01 GiB of memory (MANY states created ` +
        'so far); allow more with --max-memory, or draw a smaller level\n',
    );
  });

  it.each([
    ['0', '--max-memory must be at least 0.01, not 0'],
    ['65', '--max-memory must be at most 64, not 65'],
    ['a lot', '--max-memory must be a number, not "a lot"'],
  ])('refuses --max-memory %s', async (limit, line) => {
    const { stderr } = await runKit('trace', file('S.\n.G\n'), '--max-memory', limit);
    expect(stderr).toBe(`kit: ${line}\n`);
  });

  it('shows how far a search has come that takes long, unless it shall be quiet', async () => {
    // Time passes by a second whenever somebody looks.
    let seconds = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds++);
    const argv = ['trace', file(LARGE_LEVEL), '--max-memory', '0.01'];
    const [shown, quiet] = [await runKit(...argv), await runKit(...argv, '--quiet')];
    clock.mockRestore();
    const lines = shown.stderr.split('\n');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines.slice(1, -2)) {
      expect(line).toMatch(/^\S+: line 1: [\d,]+ steps, [\d,]+ steps\/s, [\d,]+ states$/);
    }
    expect(quiet.stderr).toMatch(/^kit: .*\n$/);
  });

  it('refuses what is no file', async () => {
    expect(await runKit('trace', folder)).toEqual({
      code: 1,
      stdout: '',
      stderr: `kit: ${folder}: is a folder\n`,
    });
  });
});

/** Of 20×20 cells and 8 boxes: far too large to be searched. */
const LARGE_LEVEL = [
  '@'.padEnd(20, '-'),
  ...Array<string>(14).fill('-'.repeat(20)),
  '-$-$-$-$-$-$-$-$'.padEnd(20, '-'),
  ...Array<string>(3).fill('-'.repeat(20)),
  '........'.padStart(20, '-'),
].join('\n');

async function traceLines(text: string, ...flags: string[]): Promise<TraceLine[]> {
  const { code, stdout, stderr } = await runKit('trace', file(text), '--json', ...flags);
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceLine);
}

function file(text: string): string {
  const name = path.join(folder, 'problems.txt');
  writeFileSync(name, text);
  return name;
}
