import { describe, expect, it } from 'vitest';
import { timesAsFast } from '../../bench/figures.ts';
import { bestPyTorch, failures, trainingTable } from '../../bench/trainingTable.ts';
import type { Figure } from '../../bench/turns.ts';
import type { VariantName } from '../../bench/workloads.ts';

/** Rounds of 100 tokens in 2 steps that took so many seconds. */
function figure(variant: VariantName, ...seconds: number[]): Figure<VariantName> {
  const rounds = seconds.map((seconds) => ({ seconds, tokens: 100, steps: 2 }));
  return { variant, rounds, software: null, peakMemory: null, failure: null };
}

const failed: Figure<VariantName> = { ...figure('kit-bf16'), failure: 'is not there' };

describe('how many times as fast', () => {
  it('is the ratio of the same round, so that a slow machine cancels', () => {
    const ratio = timesAsFast(figure('kit', 1, 10, 100), figure('pytorch', 2, 20, 200));
    expect(ratio).toEqual({ median: 2, least: 2, most: 2 });
  });

  it('is unknown if either was not measured', () => {
    expect(timesAsFast(failed, figure('pytorch', 1))).toBeNull();
    expect(timesAsFast(figure('kit', 1), failed)).toBeNull();
    expect(timesAsFast(figure('kit', 1), undefined)).toBeNull();
  });
});

describe('the best PyTorch', () => {
  const all = [
    figure('kit', 1),
    figure('pytorch', 5),
    figure('compiled', 4),
    figure('autocast', 3),
    figure('pytorch-bf16', 2),
  ];

  it('is the fastest one of the same kind of precision, however it computes', () => {
    expect(bestPyTorch(all, 'kit')?.variant).toBe('compiled');
    expect(bestPyTorch(all, 'kit-bf16')?.variant).toBe('pytorch-bf16');
  });

  it('is none of those that failed', () => {
    expect(bestPyTorch([{ ...figure('compiled'), failure: 'no compiler' }], 'kit')).toBeUndefined();
  });
});

describe('the table', () => {
  const figures = [figure('kit', 1, 2), figure('pytorch', 2, 6), failed];
  const measured = [{ workload: 'training-tiny', threads: 2, figures } as const];
  const { columns, rows } = trainingTable(measured);

  it('has a cell for every column', () => {
    for (const row of rows) expect(row).toHaveLength(columns.length);
  });

  it('gives medians with their least and most', () => {
    expect(rows[0]!.slice(2, 7)).toEqual([
      'kit, fp32',
      '750 (500–1,000)',
      '75.0 (50.0–100.0)',
      '2.50× (2.00–3.00)',
      '2.50× (2.00–3.00)',
    ]);
  });

  it('has dashes for what failed, and says why below', () => {
    expect(rows[2]!.slice(3)).toEqual(['–', '–', '–', '–', '–']);
    expect(failures(measured)).toEqual([
      'tiny, 16 × (60 + 90) tokens, threads: 2, kit, bf16: is not there.',
    ]);
  });
});
