/** Histograms as text for a terminal. */
import type { Bin } from '../data/counts.ts';
import { formatNumber } from './progress.ts';

export interface HistogramOptions {
  /** Shown for the edges of bins. */
  readonly format: (edge: number) => string;
  /** Characters of the longest bar. */
  readonly width: number;
}

/** A line for each bin: where it begins, its bar to an eighth of a character, its count. */
export function drawHistogram(bins: readonly Bin[], { format, width }: HistogramOptions): string[] {
  const edges = bins.map(({ from }) => format(from));
  const margin = Math.max(...edges.map((edge) => edge.length));
  const highest = Math.max(...bins.map(({ count }) => count));
  return bins.map(({ count }, i) => {
    const drawn = bar((width * count) / highest);
    return `${edges[i]!.padStart(margin)} ${drawn}${drawn === '' ? '' : ' '}${formatNumber(count)}`;
  });
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** At least an eighth for anything more than nothing. @param length in characters */
function bar(length: number): string {
  const eighths = length > 0 ? Math.max(1, Math.round(8 * length)) : 0;
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}
