/** Where values lie along an axis, and which of them are written beside it. */

export interface Scale {
  /** Ascending. */
  readonly ticks: readonly number[];
  /** From 0 to 1, if the value lies within the axis. */
  readonly at: (value: number) => number;
}

/** From 0 on. */
export function linearScale(top: number, most: number): Scale {
  const end = Math.max(1, top);
  const step = niceStep(end / most);
  const count = Math.floor(end / step + 1e-9);
  return {
    ticks: Array.from({ length: count + 1 }, (_, i) => i * step),
    at: (value) => value / end,
  };
}

/**
 * By magnitude, from a 1, 2 or 5 of some power of ten to another, so that the axis stays what it is while
 * values are added, and changes seldom.
 */
export function logScale(values: readonly number[]): Scale {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  const low = logs.length === 0 ? 0 : logs.reduce((a, b) => Math.min(a, b));
  const high = logs.length === 0 ? 0 : logs.reduce((a, b) => Math.max(a, b));
  let begin = 3 * Math.floor(low);
  while (markLog(begin + 1) <= low + 1e-9) begin++;
  let end = begin + 1;
  while (markLog(end) < high - 1e-9) end++;
  const marks = Array.from({ length: end - begin + 1 }, (_, i) => begin + i);
  // Of many, powers of ten say enough.
  const written = marks.length > 10 ? marks.filter((mark) => mark % 3 === 0) : marks;
  const [from, to] = [markLog(begin), markLog(end)];
  return {
    ticks: written.map((mark) => Number((10 ** markLog(mark)).toPrecision(1))),
    at: (value) => (value > 0 ? Math.max(0, (Math.log10(value) - from) / (to - from)) : 0),
  };
}

/** Of the `mark`-th of …, 0.5, 1, 2, 5, 10, …, where the 0th is 1. */
function markLog(mark: number): number {
  const power = Math.floor(mark / 3);
  return power + Math.log10([1, 2, 5][mark - 3 * power]!);
}

/** The lowest whole 1, 2 or 5 times a power of ten that is not below. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= least - 1e-9)!;
}
