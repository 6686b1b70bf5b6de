/** What figures over several results share: a panel for each experiment, a colour for each mode. */
import * as Plot from '@observablehq/plot';
import { COLOURS, type LegendEntry } from './figure.ts';
import type { Result } from './results.ts';

/** Shapes for readers who can't tell the colours apart. */
const SYMBOLS = { slow: 'circle', fast: 'triangle', auto: 'square' } as const;

/** One panel for each experiment and decoding, without a title if there is only one. */
export function panelsOf(results: readonly Result[]) {
  const several = new Set(results.map((result) => result.experiment)).size > 1;
  const name = (result: Result) =>
    several ? `${result.experiment}, ${result.decoding}` : result.decoding;
  const names = [...new Set(results.map(name))];
  return {
    count: names.length,
    /** Panels side by side. */
    columns: { label: null, domain: names, axis: names.length > 1 ? undefined : null } as const,
    /** Panels one below the other, with titles above them. */
    rows: { domain: names, axis: null, padding: names.length > 1 ? 0.25 : 0 } as const,
    titles:
      names.length === 1
        ? []
        : [
            Plot.text(names, {
              fy: (name: string) => name,
              text: (name: string) => name,
              frameAnchor: 'top',
              dy: -14,
              fontWeight: 600,
            }),
          ],
    fields: (result: Result) => ({
      panel: name(result),
      mode: result.mode,
      symbol: SYMBOLS[result.mode],
      colour: COLOURS[result.mode] as string,
    }),
  };
}

export const modesOf = (results: readonly Result[]) => [
  ...new Set(results.map(({ mode }) => mode)),
];

export const recordsOf = (result: Result) => result.evaluations.flatMap(({ records }) => records);

/** A mode's line, or the shape of its points. */
export function modeLegend(results: readonly Result[], mark?: LegendEntry['mark']): LegendEntry[] {
  return modesOf(results).map((mode) => ({
    label: mode,
    colour: COLOURS[mode],
    mark: mark ?? SYMBOLS[mode],
  }));
}
