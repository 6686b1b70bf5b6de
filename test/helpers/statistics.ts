/** Tests of distributions, on fixed seeds. */

/** Pearson's statistic of counts that should be equal, in standard deviations from its mean. */
export function unevenness(counts: readonly number[]): number {
  return misfit(
    counts,
    counts.map(() => 1),
  );
}

/** The same of counts that should be in proportion to `weights`. */
export function misfit(counts: readonly number[], weights: readonly number[]): number {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const scale = sum(counts) / sum(weights);
  const statistic =
    sum(counts.map((count, i) => (count / scale - weights[i]!) ** 2 / weights[i]!)) * scale;
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
