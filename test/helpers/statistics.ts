/** Tests of distributions, on fixed seeds. */

/** Pearson's statistic of counts that should be equal, in standard deviations from its mean. */
export function unevenness(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const degrees = counts.length - 1;
  return (statistic - degrees) / Math.sqrt(2 * degrees);
}

/** How often each item occurs; `kinds` lists what may occur. */
export function tally<T>(items: Iterable<T>, kinds: readonly T[]): number[] {
  const counts = new Map<T, number>(kinds.map((kind) => [kind, 0]));
  for (const item of items) {
    if (!counts.has(item)) throw new RangeError(`unexpected: ${String(item)}`);
    counts.set(item, counts.get(item)! + 1);
  }
  return [...counts.values()];
}
