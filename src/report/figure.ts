/**
 * A figure: one standalone SVG with a title, a legend and a plot, readable on light and dark
 * pages. It brings its own background, which follows the reader's colour scheme; the colours of
 * the data have a contrast of 3 or more to both and differ in lightness for colour-blind readers
 * (after Okabe and Ito 2008).
 */
import * as Plot from '@observablehq/plot';
import { JSDOM } from 'jsdom';
import { escapeXml } from './escapes.ts';

export const COLOURS = {
  slow: '#2f7fd0',
  fast: '#d55e00',
  auto: '#009e73',
  aStar: '#8a8f98',
} as const;

/** For series without a meaning of their own, in this order. */
export const SERIES_COLOURS = ['#2f7fd0', '#d55e00', '#009e73', '#b0699a', '#a8790a', '#8a8f98'];

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  /** How the plot draws it. */
  readonly mark: 'line' | 'dashed' | 'bar' | 'circle' | 'triangle' | 'square' | 'ring' | 'tick';
}

export interface Figure {
  readonly title: string;
  readonly legend: readonly LegendEntry[];
  readonly plot: Plot.PlotOptions;
}

/** Width 640; the height is the plot's plus that of the title and the legend. */
export function renderFigure({ title, legend, plot }: Figure): string {
  const { document } = DOM;
  const height = plot.height ?? 320;
  const inner = Plot.plot({
    width: PLOT_WIDTH,
    height,
    ...plot,
    document,
    style: 'background: none; overflow: visible',
  });
  const rows = layOutLegend(legend);
  const top = 44 + 20 * rows.length;
  inner.setAttribute('x', String(MARGIN));
  inner.setAttribute('y', String(top));
  inner.setAttribute('role', 'presentation');
  const legendMarks = rows.flatMap((row, index) =>
    row.map(({ entry, x }) => legendMark(entry, MARGIN + x, 46 + 20 * index)),
  );
  const body =
    `<text x="${MARGIN}" y="28" font-size="15" font-weight="600">${escapeXml(title)}</text>` +
    legendMarks.join('') +
    new DOM.XMLSerializer().serializeToString(inner);
  return page({ width: WIDTH, height: top + height + 8, title }, body);
}

/** The frame of every picture: a rounded background and text in the reader's colour scheme. */
export function page(
  size: { readonly width: number; readonly height: number; readonly title: string },
  body: string,
): string {
  const { width, height, title } = size;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="kit-page" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" ` +
    `font-size="12" color="#24292f" fill="currentColor">` +
    `<title>${escapeXml(title)}</title><style>${STYLE}</style>` +
    `<rect class="kit-paper" width="${width}" height="${height}" rx="6" fill="#ffffff"/>` +
    `${body}</svg>\n`
  );
}

const WIDTH = 640;
const MARGIN = 16;

/** Of the plot itself, with its axes. */
export const PLOT_WIDTH = WIDTH - 2 * MARGIN;

const STYLE =
  '@media screen and (prefers-color-scheme: dark) ' +
  '{ .kit-page { color: #e6edf3 } .kit-paper { fill: #161b22 } }';

const DOM = new JSDOM('').window;

/** Rough, since a standalone file can't measure its fonts. */
const textWidth = (text: string) => 6.6 * text.length;

function layOutLegend(legend: readonly LegendEntry[]): { entry: LegendEntry; x: number }[][] {
  const rows: { entry: LegendEntry; x: number }[][] = [];
  let x = Infinity;
  for (const entry of legend) {
    const width = 24 + textWidth(entry.label) + 14;
    if (x + width > WIDTH - 2 * MARGIN) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push({ entry, x });
    x += width;
  }
  return rows;
}

function legendMark({ label, colour, mark }: LegendEntry, x: number, y: number): string {
  const line = (dashes: string) =>
    `<path d="M${x} ${y}h18" stroke="${colour}" stroke-width="2"${dashes}/>`;
  const shapes = {
    line: line(''),
    dashed: line(' stroke-dasharray="4 3"'),
    bar: `<rect x="${x + 3}" y="${y - 6}" width="12" height="12" fill="${colour}"/>`,
    circle: `<circle cx="${x + 9}" cy="${y}" r="4" fill="${colour}"/>`,
    triangle: `<path d="M${x + 9} ${y - 5}l5 9h-10z" fill="${colour}"/>`,
    square: `<rect x="${x + 5}" y="${y - 4}" width="8" height="8" fill="${colour}"/>`,
    ring: `<circle cx="${x + 9}" cy="${y}" r="4" fill="none" stroke="${colour}" stroke-width="2"/>`,
    tick: `<path d="M${x + 9} ${y - 7}v14" stroke="${colour}" stroke-width="2"/>`,
  };
  return `${shapes[mark]}<text x="${x + 24}" y="${y + 4}">${escapeXml(label)}</text>`;
}
