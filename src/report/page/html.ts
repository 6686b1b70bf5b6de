/** Blocks as one HTML page that needs nothing beside it: styles and figures are inside. */
import { escapeXml } from '../escapes.ts';
import type { Table } from '../table.ts';
import { type Block, type Span, spansOf, type Text } from './blocks.ts';
import { STYLE } from './style.ts';

export function renderHtml(blocks: readonly Block[]): string {
  const title = blocks.find((block) => block.kind === 'heading')?.text ?? '';
  const ids = idsOf(blocks);
  const body = blocks.map((block) => renderBlock(block, ids)).join('\n');
  return (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    '<meta name="color-scheme" content="light dark">\n' +
    `<title>${escapeXml(title)}</title>\n<style>\n${STYLE}</style>\n</head>\n<body>\n` +
    `${renderContents(ids)}<main>\n${body}\n</main>\n</body>\n</html>\n`
  );
}

type Heading = Extract<Block, { kind: 'heading' }>;
type Ids = ReadonlyMap<Heading, string>;

/** A place to link to for each heading of the second level. */
function idsOf(blocks: readonly Block[]): Ids {
  const ids = new Map<Heading, string>();
  const taken = new Set<string>();
  for (const block of blocks) {
    if (block.kind !== 'heading' || block.level !== 2) continue;
    const slug = block.text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    let id = slug;
    for (let i = 2; taken.has(id); i++) id = `${slug}-${i}`;
    taken.add(id);
    ids.set(block, id);
  }
  return ids;
}

/** Few headings need no list of them. */
function renderContents(ids: Ids): string {
  if (ids.size < 4) return '';
  const links = [...ids].map(([{ text }, id]) => `<a href="#${id}">${escapeXml(text)}</a>`);
  return `<nav aria-label="Contents">${links.join(' ')}</nav>\n`;
}

function renderBlock(block: Block, ids: Ids): string {
  switch (block.kind) {
    case 'heading': {
      const id = ids.get(block);
      const tag = `h${block.level}`;
      return `<${tag}${id === undefined ? '' : ` id="${id}"`}>${escapeXml(block.text)}</${tag}>`;
    }
    case 'text':
      return `<p${block.role === undefined ? '' : ` class="${block.role}"`}>${renderText(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${renderText(item)}</li>\n`).join('')}</ul>`;
    case 'table':
      return renderTable(block.table);
    case 'figure':
      return (
        `<figure>\n<div class="scroll">${block.svg.trimEnd()}</div>\n` +
        `<figcaption>${escapeXml(block.caption)}</figcaption>\n</figure>`
      );
    case 'code':
    default:
      return `<pre><code>${escapeXml(block.text)}</code></pre>`;
  }
}

function renderTable({ columns, rows }: Table): string {
  const cell = (tag: 'th' | 'td', text: string, column: number): string => {
    const right = columns[column]?.align === 'right' ? ' class="number"' : '';
    return `<${tag}${right}>${escapeXml(text)}</${tag}>`;
  };
  const head = columns.map(({ title }, column) => cell('th', title, column)).join('');
  const body = rows.map(
    (row) => `<tr>${row.map((text, i) => cell('td', text, i)).join('')}</tr>\n`,
  );
  return (
    '<div class="scroll" tabindex="0"><table>\n' +
    `<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('')}</tbody>\n</table></div>`
  );
}

const renderText = (text: Text): string => spansOf(text).map(renderSpan).join('');

function renderSpan(span: Span): string {
  if (typeof span === 'string') return escapeXml(span);
  if ('code' in span) return `<code>${escapeXml(span.code)}</code>`;
  if ('lineBreak' in span) return '<br>';
  const tone = span.tone === undefined ? '' : ` class="verdict ${span.tone}"`;
  return `<strong${tone}>${escapeXml(span.strong)}</strong>`;
}
