import { describe, expect, it } from 'vitest';
import { type Table, toCsv, toMarkdown, toTerminal } from '../../../src/report/table.ts';

const table: Table = {
  columns: [{ title: 'mode' }, { title: 'optimal %', align: 'right' }],
  rows: [
    ['slow', '93.3 ± 1.2'],
    ['a|b, "c"\nd', '–'],
  ],
};

describe('one table', () => {
  it('as Markdown: padded, pipes escaped, breaks made blanks', () => {
    expect(toMarkdown(table)).toBe(
      [
        '| mode        |  optimal % |',
        '| ----------- | ---------: |',
        '| slow        | 93.3 ± 1.2 |',
        '| a\\|b, "c" d |          – |',
        '',
      ].join('\n'),
    );
  });

  it('as CSV: quoted by RFC 4180', () => {
    expect(toCsv(table)).toBe('mode,optimal %\nslow,93.3 ± 1.2\n"a|b, ""c""\nd",–\n');
  });

  it('for a terminal: framed, without colours', () => {
    expect(toTerminal({ ...table, rows: table.rows.slice(0, 1) })).toBe(
      [
        '┌──────┬────────────┐',
        '│ mode │  optimal % │',
        '├──────┼────────────┤',
        '│ slow │ 93.3 ± 1.2 │',
        '└──────┴────────────┘',
        '',
      ].join('\n'),
    );
  });

  it('without rows is its head', () => {
    const empty = { ...table, rows: [] };
    expect(toMarkdown(empty).split('\n')).toHaveLength(3);
    expect(toCsv(empty)).toBe('mode,optimal %\n');
  });
});
