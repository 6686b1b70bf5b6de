/** A page as a list of plain blocks, built once and rendered as Markdown and as HTML. */
import type { Table } from '../table.ts';

/** How a word is meant: `good` and `bad` are verdicts, `open` is none yet. */
export type Tone = 'good' | 'bad' | 'open';

export type Span =
  | string
  | { readonly code: string }
  | { readonly strong: string; readonly tone?: Tone }
  | { readonly lineBreak: true };

/** Plain text, whatever characters it has. */
export type Text = string | readonly Span[];

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: Text; readonly role?: 'lead' | 'notice' }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | { readonly kind: 'table'; readonly table: Table }
  | Figure
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

export interface Figure {
  readonly kind: 'figure';
  /** Of its file, beside the Markdown. */
  readonly name: string;
  readonly svg: string;
  readonly caption: string;
}

export const LINE_BREAK: Span = { lineBreak: true };

export const heading = (level: 1 | 2 | 3, text: string): Block => ({
  kind: 'heading',
  level,
  text,
});
export const table = (table: Table): Block => ({ kind: 'table', table });
export const code = (language: string, text: string): Block => ({ kind: 'code', language, text });

/** No block for no text. */
export const text = (text: Text, role?: 'lead' | 'notice'): Block[] =>
  text.length === 0 ? [] : [{ kind: 'text', text, ...(role !== undefined && { role }) }];

/** No block for no items. */
export const list = (items: readonly Text[]): Block[] =>
  items.length === 0 ? [] : [{ kind: 'list', items }];

/** No block for a figure that could not be drawn. */
export const figure = (name: string, svg: string | null, caption: string): Figure[] =>
  svg === null ? [] : [{ kind: 'figure', name, svg, caption }];

/** A heading with what stands under it, or nothing. */
export const section = (title: string, ...blocks: readonly (readonly Block[])[]): Block[] => {
  const filled = blocks.flat();
  return filled.length === 0 ? [] : [heading(2, title), ...filled];
};

/** Words between backticks are code. */
export function prose(text: string): Text {
  const parts = text.split(/`([^`]+)`/);
  return parts.flatMap((part, i): Span[] => {
    if (part === '') return [];
    return [i % 2 === 1 ? { code: part } : part];
  });
}

/** Paragraphs with blank lines between them. */
export const paragraphs = (text: string): Block[] =>
  text
    .split(/\n\s*\n/)
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => ({ kind: 'text', text: prose(each) }));

export const figuresOf = (blocks: readonly Block[]): Figure[] =>
  blocks.filter((block) => block.kind === 'figure');

export const spansOf = (text: Text): readonly Span[] => (typeof text === 'string' ? [text] : text);
