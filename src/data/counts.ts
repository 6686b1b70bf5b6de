/**
 * How often each whole number occurred. Quantiles are exact, and memory follows the number of
 * different values, not that of all values.
 */
export interface Counts {
  readonly total: number;
  add(value: number): void;
  /** Values with how often they occurred, ascending. */
  entries(): readonly (readonly [value: number, count: number])[];
}

export interface Summary {
  readonly min: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly max: number;
  readonly mean: number;
}

/** A range of values, `to` not included. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export function createCounts(): Counts {
  const counts = new Map<number, number>();
  let total = 0;
  return {
    get total() {
      return total;
    },
    add(value) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
      total++;
    },
    entries: () => [...counts].sort(([a], [b]) => a - b),
  };
}

/** Quantiles lie between the two nearest values, in proportion. Null without values. */
export function summarise(counts: Counts): Summary | null {
  const entries = counts.entries();
  if (entries.length === 0) return null;
  const quantile = (share: number): number => {
    const place = share * (counts.total - 1);
    const below = valueAt(entries, Math.floor(place));
    const above = valueAt(entries, Math.ceil(place));
    return below + (above - below) * (place - Math.floor(place));
  };
  return {
    min: entries[0]![0],
    lowerQuartile: quantile(0.25),
    median: quantile(0.5),
    upperQuartile: quantile(0.75),
    max: entries.at(-1)![0],
    mean: entries.reduce((sum, [value, count]) => sum + value * count, 0) / counts.total,
  };
}

/**
 * At most `most` bins of equal width, which is 1, 2 or 5 times a power of ten, from the lowest value
 * to the highest. Bins begin at multiples of their width.
 */
export function binsOf(counts: Counts, most: number): Bin[] {
  const entries = counts.entries();
  if (entries.length === 0) return [];
  const least = entries[0]![0];
  const greatest = entries.at(-1)![0];
  const width = WIDTHS.find((width) => spanned(least, greatest, width) <= most)!;
  const first = Math.floor(least / width);
  const bins = Array.from({ length: spanned(least, greatest, width) }, (_, i) => ({
    from: (first + i) * width,
    to: (first + i + 1) * width,
    count: 0,
  }));
  for (const [value, count] of entries) bins[Math.floor(value / width) - first]!.count += count;
  return bins;
}

const WIDTHS = Array.from({ length: 16 }, (_, power) =>
  [1, 2, 5].map((n) => n * 10 ** power),
).flat();

const spanned = (least: number, greatest: number, width: number): number =>
  Math.floor(greatest / width) - Math.floor(least / width) + 1;

/** The value at a place, from 0, of all values in ascending order. */
function valueAt(entries: readonly (readonly [number, number])[], place: number): number {
  let passed = 0;
  for (const [value, count] of entries) {
    passed += count;
    if (place < passed) return value;
  }
  throw new RangeError(`no value at ${place}: there are ${passed}`);
}
