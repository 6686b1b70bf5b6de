import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentOf } from '../../envs/index.ts';
import { InputError } from '../../envs/inputError.ts';
import { readProblems } from '../../envs/text.ts';
import { arbitraryMaze } from '../helpers/mazes.ts';
import { arbitrarySokoban } from '../helpers/sokoban.ts';

const arbitraryProblem = fc.oneof(
  arbitraryMaze().map((task) => ({ environment: environmentOf('maze'), task })),
  arbitrarySokoban().map((task) => ({ environment: environmentOf('sokoban'), task })),
);

describe('a file of problems', () => {
  it('is read back as it was drawn, with any line ends, gaps and byte order mark', () => {
    const style = fc.record({
      end: fc.constantFrom('\n', '\r\n', '\r'),
      mark: fc.constantFrom('', '\uFEFF'),
      before: fc.nat(2),
      gap: fc.constantFrom([''], ['', ''], ['  '], ['\t']),
      last: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(arbitraryProblem, { minLength: 1, maxLength: 4 }), style, (drawn, s) => {
        const lines: string[] = Array.from({ length: s.before }, () => '');
        const expected = drawn.map(({ environment, task }) => {
          const firstLine = lines.length + 1;
          lines.push(...environment.render(task).split('\n'), ...s.gap);
          return { environment, task, firstLine };
        });
        const text = s.mark + lines.slice(0, -s.gap.length).join(s.end) + (s.last ? s.end : '');
        expect(readProblems(text)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('of any text is read or refused with a line and a column', () => {
    const hostile = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'#.SG@+$* -_\n\r\t\uFEFF·x') }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          expect(readProblems(text).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^line \d+, column \d+: .+$/);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('with 200,000 lines is refused, not choked on', () => {
    expect(() => readProblems('@.\n'.repeat(2e5))).toThrow(
      'line 101, column 1: 200000 cells high; must be 1 to 100',
    );
  });
});

const REFUSED: readonly (readonly [string, string, string])[] = [
  ['nothing', '', 'line 1, column 1: no problem is drawn here'],
  ['blank lines', '\n  \n\t\n', 'line 1, column 1: no problem is drawn here'],
  [
    'walls alone',
    '\n###',
    'line 2, column 1: neither a maze (S and G) nor a Sokoban level (@ + $ *)',
  ],
  ['a ragged maze', 'S..\n..\n..G', 'line 2, column 3: 2 cells where the first line has 3'],
  ['a longer second line', 'S.\n.G.', 'line 2, column 3: 3 cells where the first line has 2'],
  ['two starts', 'S.G\n..S', 'line 2, column 3: a second start S'],
  ['two goals', 'SGG\n...', 'line 1, column 3: a second goal G'],
  ['no goal', '#..\nS..', 'line 1, column 1: the maze has no goal G'],
  ['no start', '\n\n#..\nG..', 'line 3, column 1: the maze has no start S'],
  [
    'a strange character',
    'S.G\n.x.',
    'line 2, column 2: "x" is no part of a maze; use # . S and G',
  ],
  ['an emoji', 'S.G\n.🙂.', 'line 2, column 2: "🙂" is no part of a maze; use # . S and G'],
  [
    'a blank in a maze',
    'S G\n...',
    'line 1, column 2: a blank is no part of a maze; use # . S and G',
  ],
  [
    'a tab in a maze',
    '\tS.G\n...',
    'line 1, column 1: a tab is no part of a maze; use # . S and G',
  ],
  [
    'a control character',
    'S.G\n.\0.',
    'line 2, column 2: U+0000 is no part of a maze; use # . S and G',
  ],
  ['a box in a maze', 'S.G\n.$.', 'line 2, column 2: "$" is no part of a maze; use # . S and G'],
  ['a maze of one line', 'S.G', 'line 2, column 1: 1 cells high; must be 2 to 100'],
  ['a maze of one column', 'S\nG', 'line 1, column 2: 1 cells wide; must be 2 to 100'],
  [
    'a maze too wide',
    `S${'.'.repeat(99)}G\n`,
    'line 1, column 101: 101 cells wide; must be 2 to 100',
  ],
  [
    'a maze too high',
    `S.\n${'..\n'.repeat(99)}G.`,
    'line 101, column 1: 101 cells high; must be 2 to 100',
  ],
  ['no worker', '#####\n#$ .#\n#####', 'line 1, column 1: the level has no worker @'],
  ['two workers', '#@$.\n #+ #', 'line 2, column 3: a second worker'],
  ['more boxes than docks', '#@$.#\n# $ #', 'line 2, column 3: more boxes (2) than docks (1)'],
  [
    'a strange piece',
    '#@$.#\n# x #',
    'line 2, column 3: "x" is no part of a level; use # blank . $ * @ and +',
  ],
  [
    'a tab in a level',
    '#@$.#\n#\t#',
    'line 2, column 2: a tab is no part of a level; use # blank . $ * @ and +',
  ],
  [
    'a level too wide',
    `@${' '.repeat(100)}`,
    'line 1, column 101: 101 cells wide; must be 1 to 100',
  ],
];

describe('a drawing with', () => {
  it.each(REFUSED)('%s is refused, saying where', (_, text, message) => {
    expect(() => readProblems(text)).toThrow(new InputError(message));
  });

  it('an error in its second problem is refused with the line of the file', () => {
    expect(() => readProblems('S.\n.G\n\n\n#@$.#\n#?  #')).toThrow('line 6, column 2: "?"');
  });
});
