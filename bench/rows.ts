/** Measured figures, and what many of them come to. */

/** One figure of the kit alone. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The released code's figure of the same unit, on one core of such a server. */
  readonly reference?: number;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @param values at least one */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? (sorted[middle - 1]! + sorted[middle]!) / 2
    : sorted[Math.floor(middle)]!;
}
