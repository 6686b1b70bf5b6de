/** A page on disk: HTML, Markdown with its figures, and what else belongs to it. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomic } from '../../files.ts';
import { readText } from '../../reading.ts';
import { type Block, figuresOf } from './blocks.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';

export interface WrittenPage {
  /** The HTML file. */
  readonly page: string;
  /** The Markdown file. */
  readonly file: string;
  readonly files: readonly string[];
}

/**
 * Takes the place of a page that was written there before, with its figures.
 * @param others texts by the name of their file
 */
export function writePage(
  blocks: readonly Block[],
  out: string,
  others: readonly (readonly [name: string, text: string])[] = [],
): WrittenPage {
  const files = new Map<string, string>([
    // First, since by it a folder is known to hold a page, whole or not.
    [MARKDOWN, renderMarkdown(blocks)],
    ...figuresOf(blocks).map(({ name, svg }) => [name, svg] as const),
    ...others,
    ['report.html', renderHtml(blocks)],
  ]);
  // While the page before still names them: after a kill it tells the next one what to remove.
  for (const name of figuresNamed(out)) {
    if (!files.has(name)) rmSync(path.join(out, name), { force: true });
  }
  for (const [name, text] of files) writeFileAtomic(path.join(out, name), text);
  return {
    page: path.join(out, 'report.html'),
    file: path.join(out, MARKDOWN),
    files: [...files.keys()].map((name) => path.join(out, name)),
  };
}

export const MARKDOWN = 'report.md';

/** As pages show it, its caption twice. */
const FIGURE = /^!\[(.*)\]\(([\w-][\w.-]*\.svg)\)\n\n_\1_$/gm;

/** Files of the figures that the page of before shows: others in its folder may be anyone's. */
function figuresNamed(out: string): string[] {
  const file = path.join(out, MARKDOWN);
  if (!existsSync(file)) return [];
  const figures = readText(file).matchAll(FIGURE);
  return [...figures].map(([, , name]) => name!);
}
