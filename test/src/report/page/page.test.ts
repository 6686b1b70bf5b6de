import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../../../src/report/page/blocks.ts';
import { prose } from '../../../../src/report/page/blocks.ts';
import { renderHtml } from '../../../../src/report/page/html.ts';
import { renderMarkdown } from '../../../../src/report/page/markdown.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '</title><b>',
  '"quoted" & \'single\'',
  '&lt;',
  '*a* _b_ `c` [d](e) ![f](g) ~~h~~ $i$ | j \\',
  '# not a heading',
  '- no item',
  '1. no item',
  '```',
  'two\n\n# lines',
];
const words = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ minLength: 1 }));

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><title>a figure</title></svg>\n';
const blocksOf = (text: string): Block[] => [
  { kind: 'heading', level: 1, text },
  { kind: 'heading', level: 2, text },
  { kind: 'text', text: [text, { code: text }, { strong: text, tone: 'good' }] },
  { kind: 'list', items: [text, [text, { lineBreak: true }, text]] },
  {
    kind: 'table',
    table: { columns: [{ title: text }, { title: 'n', align: 'right' }], rows: [[text, '1']] },
  },
  { kind: 'figure', name: 'a.svg', svg, caption: text },
  { kind: 'code', language: 'sh', text },
];

describe('a page of HTML', () => {
  const parse = (html: string) => new JSDOM(html).window.document;
  const normal = (text: string | null | undefined) => text?.replaceAll(/[\r\n\0]/g, ' ');

  it('shows any text as it is, and nothing of it is markup', () => {
    fc.assert(
      fc.property(words, (text) => {
        const document = parse(renderHtml(blocksOf(text)));
        const tags = [...document.body.querySelectorAll('*')].map(({ tagName }) => tagName);
        expect(new Set(tags.map((tag) => tag.toLowerCase()))).toEqual(
          new Set(
            'main h1 h2 p code strong ul li br div table thead tbody tr th td figure svg title figcaption pre'.split(
              ' ',
            ),
          ),
        );
        expect(document.querySelector('script')).toBeNull();
        for (const place of [
          'h1',
          'h2',
          'p > code',
          'strong',
          'td',
          'th',
          'figcaption',
          'pre > code',
        ]) {
          expect(normal(document.querySelector(place)?.textContent)).toBe(normal(text));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('needs nothing beside it, and lists its sections once there are several', () => {
    const sections = ['One', 'Two', 'Two', 'Three'].map((text): Block => ({
      kind: 'heading',
      level: 2,
      text,
    }));
    const html = renderHtml([...blocksOf('x').slice(0, 1), ...sections]);
    const document = parse(html);
    const links = [...document.querySelectorAll('nav a')].map((a) => a.getAttribute('href')!);
    expect(links).toEqual(['#one', '#two', '#two-2', '#three']);
    for (const link of links) expect(document.querySelector(link)?.tagName).toBe('H2');
    expect(html).not.toMatch(/https?:(?!\/\/www\.w3\.org\/2000\/svg)|<link|<script|@import|src=/);
  });
});

describe('Markdown', () => {
  it('escapes what would be markup', () => {
    const text = (text: string) => renderMarkdown([{ kind: 'text', text }]);
    expect(text('A* and *b*')).toBe('A\\* and \\*b\\*\n');
    expect(text('<b> & &lt; a_b _c_')).toBe('\\<b\\> & \\&lt; a_b \\_c\\_\n');
    expect(text('# a')).toBe('\\# a\n');
    expect(text('- a')).toBe('\\- a\n');
    expect(text('12. a\nb')).toBe('12\\. a b\n');
    expect(text('[a](b) | c\\')).toBe('\\[a\\](b) \\| c\\\\\n');
  });

  it('fences code with more backticks than it has', () => {
    expect(renderMarkdown([{ kind: 'code', language: 'text', text: 'a\n```\nb' }])).toBe(
      '````text\na\n```\nb\n````\n',
    );
    expect(renderMarkdown([{ kind: 'text', text: [{ code: 'a`b' }] }])).toBe('``a`b``\n');
  });

  it('keeps each block to lines of its own, whatever its text', () => {
    fc.assert(
      fc.property(words, (text) => {
        const lines = renderMarkdown(blocksOf(text).slice(0, -1)).split('\n');
        expect(lines.filter((line) => line.startsWith('# '))).toHaveLength(1);
        expect(lines.filter((line) => line.startsWith('## '))).toHaveLength(1);
        expect(lines.filter((line) => line.startsWith('- '))).toHaveLength(2);
        expect(lines.filter((line) => line.startsWith('```'))).toHaveLength(0);
      }),
      { numRuns: 200 },
    );
  });

  it('takes words between backticks for code, in prose', () => {
    expect(prose('each `create` clause')).toEqual(['each ', { code: 'create' }, ' clause']);
    expect(prose('a ` b')).toEqual(['a ` b']);
    expect(prose('')).toEqual([]);
  });
});
