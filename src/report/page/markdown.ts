/** Blocks as Markdown; figures lie beside it. */
import { escapeMarkdown } from '../escapes.ts';
import { toMarkdown } from '../table.ts';
import { type Block, type Span, spansOf, type Text } from './blocks.ts';

export function renderMarkdown(blocks: readonly Block[]): string {
  return blocks.map(renderBlock).join('\n');
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escapeMarkdown(block.text)}\n`;
    case 'text':
      return `${block.role === 'notice' ? '> ' : ''}${renderText(block.text)}\n`;
    case 'list':
      return block.items.map((item) => `- ${renderText(item)}\n`).join('');
    case 'table':
      return toMarkdown(block.table);
    case 'figure': {
      const caption = escapeMarkdown(block.caption);
      return `![${caption}](${block.name})\n\n_${caption}_\n`;
    }
    case 'code':
    default: {
      const fence = '`'.repeat(Math.max(3, 1 + longestRun(block.text)));
      return `${fence}${block.language}\n${block.text}\n${fence}\n`;
    }
  }
}

function renderText(text: Text): string {
  const line = spansOf(text).map(renderSpan).join('');
  return line.replace(/^([-+=]|#+|\d+[.)])(?=\s|$)/, (start) =>
    start.replace(/[-+=#.)]$/, (mark) => `\\${mark}`),
  );
}

function renderSpan(span: Span): string {
  if (typeof span === 'string') return escapeMarkdown(span);
  if ('code' in span) return renderCode(span.code);
  if ('strong' in span) return `**${escapeMarkdown(span.strong)}**`;
  return '\\\n  ';
}

function renderCode(text: string): string {
  const ticks = '`'.repeat(1 + longestRun(text));
  const padding = /^`|`$/.test(text) ? ' ' : '';
  return `${ticks}${padding}${text.replaceAll(/\s*\n\s*/g, ' ')}${padding}${ticks}`;
}

/** Of backticks. */
const longestRun = (text: string): number =>
  Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
