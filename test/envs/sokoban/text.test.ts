import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sokobanProblem } from '../../../envs/sokoban/sokoban.ts';
import { parseSokoban, renderSokoban } from '../../../envs/sokoban/text.ts';
import { childrenOf } from '../../helpers/searches.ts';
import { arbitrarySokoban, drawingOf } from '../../helpers/sokoban.ts';

describe('a drawing', () => {
  it('is read back as the same level', () => {
    fc.assert(
      fc.property(arbitrarySokoban(), (level) => {
        expect(parseSokoban(renderSokoban(level))).toEqual(level);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the usual XSB, but for lines without anything', () => {
    fc.assert(
      fc.property(arbitrarySokoban(), (level) => {
        const expected = drawingOf(level).map((line) =>
          line.replace(/^ +$/, (blank) => '-'.repeat(blank.length)),
        );
        expect(renderSokoban(level).split('\n')).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('of every character is read', () => {
    const level = parseSokoban('######\n#@$.-#\n#*_.#');
    expect(level).toMatchObject({
      width: 6,
      height: 3,
      worker: 7,
      boxes: [8, 13],
      docks: [9, 13, 15],
    });
    expect([...level.walls].join('')).toBe('111111100001100010');
  });

  it('shows a plan on free floor only', () => {
    const level = parseSokoban('#####\n#@$.#\n#   #\n#####');
    const plan = [1, 2, 3].flatMap((x) => [0, 1, 2].map((y) => ({ x, y })));
    expect(renderSokoban(level, plan)).toBe('#####\n#@$.#\n#···#\n#####');
  });
});

describe('a ragged drawing', () => {
  const lines = ['  #####', '###   #', '#   $ #', '# .#@ #', '#  ###', '####'];

  it('that is closed has the walls that were drawn and no others', () => {
    const level = parseSokoban(lines.join('\n'));
    expect([level.width, level.height]).toEqual([7, 6]);
    const drawn = lines.map((line) => line.padEnd(7).replace(/[^#]/g, ' ')).join('');
    expect([...level.walls].map((wall) => (wall === 1 ? '#' : ' ')).join('')).toBe(drawn);
  });

  it('means the same with and without blanks at the ends of its lines', () => {
    const padded = lines.map((line) => line.padEnd(7)).join('\n');
    expect(parseSokoban(lines.join('\n'))).toEqual(parseSokoban(padded));
  });

  it('that is open at the end of a line is closed there', () => {
    const level = parseSokoban('######\n#@$ .\n#    #\n###   \n  ####');
    expect(renderSokoban(level)).toBe('######\n#@$ .#\n#    #\n###   \n  ####');
  });

  it('never lets the worker or a box beyond the end of a line', () => {
    const line = fc.string({ unit: fc.constantFrom(...'#   .$'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), fc.nat(3), (lines, place) => {
        const rows = [...lines.slice(0, place), '@ . .', ...lines.slice(place)];
        const count = (piece: string): number => rows.join('').split(piece).length - 1;
        fc.pre(count('$') <= Math.min(1, count('.')));
        const level = parseSokoban(rows.join('\n'));
        const problem = sokobanProblem(level);
        const reached = new Set([problem.start]);
        let beyond = 0;
        for (const state of reached) {
          for (const child of childrenOf(problem, state)) reached.add(child);
          for (const cell of [problem.agent(state), ...problem.boxes(state)]) {
            if (cell % level.width >= rows[Math.floor(cell / level.width)]!.length) beyond++;
          }
        }
        expect(beyond).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });
});
