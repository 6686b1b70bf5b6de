/** One table, written as Markdown, CSV or for a terminal. */
import Table3 from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { escapeMarkdown } from './escapes.ts';

export interface Table {
  readonly columns: readonly { readonly title: string; readonly align?: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

/** Rows by their names, and what columns show of each. */
export function tableOf<Row>(
  rows: readonly Row[],
  {
    title,
    name,
    columns,
  }: {
    /** Of the names. */
    readonly title: string;
    readonly name: (row: Row) => string;
    readonly columns: readonly (readonly [title: string, cell: (row: Row) => string])[];
  },
): Table {
  return {
    columns: [{ title }, ...columns.map(([title]) => ({ title, align: 'right' }) as const)],
    rows: rows.map((row) => [name(row), ...columns.map(([, cell]) => cell(row))]),
  };
}

/** A pipe table, its columns padded to equal width so that it reads as text too. */
export function toMarkdown({ columns, rows }: Table): string {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => row.map(escapeMarkdown));
  const widths = columns.map((_, column) =>
    Math.max(3, ...cells.map((row) => [...(row[column] ?? '')].length)),
  );
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |\n`;
  const pad = (row: readonly string[]) =>
    line(row.map((cell, column) => padCell(cell, widths[column] ?? 3, columns[column]?.align)));
  const rule = columns.map(({ align }, column) => {
    const dashes = '-'.repeat((widths[column] ?? 3) - 1);
    return align === 'right' ? `${dashes}:` : `${dashes}-`;
  });
  const [head = [], ...body] = cells;
  return pad(head) + line(rule) + body.map(pad).join('');
}

/** RFC 4180, with a header line. */
export function toCsv({ columns, rows }: Table): string {
  return stringify([columns.map(({ title }) => title), ...rows], { record_delimiter: '\n' });
}

/** Without colours, so that it can be piped. */
export function toTerminal({ columns, rows }: Table): string {
  const table = new Table3({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return `${table.toString()}\n`;
}

function padCell(cell: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blank = ' '.repeat(width - [...cell].length);
  return align === 'right' ? blank + cell : cell + blank;
}
