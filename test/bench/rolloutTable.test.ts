import { describe, expect, it } from 'vitest';
import type { RolloutFigure } from '../../bench/besidePyTorch.ts';
import { rolloutFailures, rolloutTable } from '../../bench/rolloutTable.ts';
import type { WayName } from '../../bench/rolloutWorkloads.ts';

/** Rounds in which it made so many tokens, in a second each. */
function figure(variant: WayName, ...tokens: number[]): RolloutFigure {
  const rounds = tokens.map((tokens) => ({ seconds: 1, tokens, steps: 1 }));
  const rows = variant === 'kit' ? null : 64;
  const unknown = { software: null, peakMemory: null, failure: null };
  return { variant, rounds, rows, threads: 2, ...unknown };
}

const figures = [
  { ...figure('kit', 100, 400), peakMemory: 512.3 },
  figure('careful', 50, 100),
  { ...figure('released'), failure: 'needs more than 8,192 MiB' },
];
const measured = [{ workload: 'rollouts-s', threads: 2, figures } as const];

describe('the table of rollouts', () => {
  const { columns, rows } = rolloutTable(measured);

  it('has a column for each way of the kit, and a cell for every column', () => {
    expect(columns.map(({ title }) => title)).toContain('kit, fp32, against it');
    for (const row of rows) expect(row).toHaveLength(columns.length);
  });

  it('gives medians, and the ratio of each round', () => {
    expect(rows.map((row) => row.slice(1))).toEqual([
      ['kit, fp32', '2', '–', '250 (100–400)', '–', '512'],
      ['PyTorch, fp32', '2', '64', '75.0 (50.0–100.0)', '3.00× (2.00–4.00)', '–'],
      ['PyTorch, fp32, as released', '–', '–', '–', '–', '–'],
    ]);
  });

  it('says below what failed and why', () => {
    expect(rolloutFailures(measured)).toEqual([
      's, a prompt of 200 tokens, 64 × 200 generated, PyTorch, fp32, as released: needs more than 8,192 MiB.',
    ]);
  });
});
