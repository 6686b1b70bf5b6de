/** A page on disk: HTML, Markdown with its figures, and what else belongs to it. */
import path from 'node:path';
import { writeFileAtomic } from '../../files.ts';
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

/** @param others texts by the name of their file */
export function writePage(
  blocks: readonly Block[],
  out: string,
  others: readonly (readonly [name: string, text: string])[] = [],
): WrittenPage {
  const files = new Map<string, string>([
    ...figuresOf(blocks).map(({ name, svg }) => [name, svg] as const),
    ...others,
    ['report.md', renderMarkdown(blocks)],
    ['report.html', renderHtml(blocks)],
  ]);
  for (const [name, text] of files) writeFileAtomic(path.join(out, name), text);
  return {
    page: path.join(out, 'report.html'),
    file: path.join(out, 'report.md'),
    files: [...files.keys()].map((name) => path.join(out, name)),
  };
}
