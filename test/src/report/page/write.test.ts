import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Block, figure, heading, text } from '../../../../src/report/page/blocks.ts';
import { writePage } from '../../../../src/report/page/write.ts';

let root: string;
beforeAll(() => void (root = mkdtempSync(path.join(tmpdir(), 'page-'))));
afterAll(() => rmSync(root, { recursive: true }));

const NAMES = ['loss.svg', 'rates.svg', 'pareto-drawn.svg', 'choices-wallShare.svg', 'my.plot.svg'];
const captions = fc.constantFrom('a', 'A\\*’s [traces] _ `b`', 'two ](my.plot.svg)', '*');
const page = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), captions), {
  selector: ([name]) => name,
});
const pageOf = (figures: readonly (readonly [name: string, caption: string])[]): Block[] => [
  heading(1, 'a page'),
  // Whoever speaks of a figure has not drawn it.
  ...text('![a](my.plot.svg)'),
  ...text('_a_'),
  ...figures.flatMap(([name, caption]) => figure(name, '<svg/>', caption)),
];

describe('a page that takes the place of another', () => {
  it('leaves the figures that it draws, and those that no page drew', () => {
    fc.assert(
      fc.property(fc.array(page, { minLength: 1, maxLength: 3 }), (pages) => {
        const out = mkdtempSync(path.join(root, 'out-'));
        const foreign = ['foreign.svg', 'notes.txt'];
        const drawn = new Set(pages.flat().map(([name]) => name));
        if (!drawn.has('my.plot.svg')) foreign.push('my.plot.svg');
        for (const name of foreign) writeFileSync(path.join(out, name), 'mine');
        for (const each of pages) writePage(pageOf(each), out, [['tables.md', '']]);
        const figures = pages.at(-1)!.map(([name]) => name);
        expect(readdirSync(out).sort()).toEqual(
          [...foreign, ...figures, 'report.html', 'report.md', 'tables.md'].sort(),
        );
      }),
      { numRuns: 25 },
    );
  });
});
