import { describe, expect, it } from 'vitest';
import { computeMetrics } from '../../../src/evaluation/metrics.ts';
import type { EvaluationRecord } from '../../../src/evaluation/records.ts';
import type { Mode } from '../../../traces/modes.ts';
import type { Result } from '../../../src/report/results.ts';
import {
  formatEstimate,
  outcomesTable,
  plansTable,
  tracesTable,
} from '../../../src/report/resultTables.ts';
import { toMarkdown } from '../../../src/report/table.ts';
import { correctSample, malformedSample, record, wrongSample } from '../../helpers/records.ts';
import { evaluationSettings, reportedSettings } from '../../helpers/runs.ts';

const result = (mode: Mode, records: EvaluationRecord[], experiment = 'small'): Result => ({
  experiment,
  mode,
  decoding: records[0]!.samples.length === 1 ? 'greedy' : 'n3-t1',
  samples: records[0]!.samples.length,
  evaluations: [{ name: mode, settings: evaluationSettings(mode), records }],
  runs: [{ folder: `runs/${experiment}`, seed: 1 }],
  settings: reportedSettings(experiment),
  metrics: computeMetrics(records),
});

/** Greedy: 3 of 4 solved, 2 of them optimally; all of t* 40. */
const greedy = (traceLength: number) => [
  record([correctSample(5, { traceLength })], { id: 0 }),
  record([correctSample(5, { traceLength })], { id: 1 }),
  record([correctSample(10, { traceLength, outcome: 'solved' })], { id: 2 }),
  record([malformedSample({ traceLength, trace: traceLength ? 'illegal' : 'none' })], { id: 3 }),
];

describe('tables of greedy results', () => {
  const results = [result('slow', greedy(20)), result('fast', greedy(0))];

  it('of plans leave out what needs samples', () => {
    // errors: optimal 1,1,0,0: √(1/3/4); solved 1,1,1,0: √(1/4/4); SWC 1,1,½,0
    expect(toMarkdown(plansTable(results))).toBe(
      [
        '| mode | decoding |   optimal % |    solved % |           SWC |',
        '| ---- | -------- | ----------: | ----------: | ------------: |',
        '| slow | greedy   | 50.0 ± 28.9 | 75.0 ± 25.0 | 0.625 ± 0.239 |',
        '| fast | greedy   | 50.0 ± 28.9 | 75.0 ± 25.0 | 0.625 ± 0.239 |',
        '',
      ].join('\n'),
    );
  });

  it('of traces show a dash where a metric is undefined', () => {
    expect(tracesTable(results).rows).toEqual([
      [
        'slow',
        'greedy',
        '100.0 ± 0.0',
        '20.0 ± 0.0',
        '40.0 ± 0.0',
        '1.500 ± 0.500',
        '1.000 ± 0.577',
        '75.0 ± 25.0',
        '0.0 ± 0.0',
      ],
      ['fast', 'greedy', '0.0 ± 0.0', '0.0 ± 0.0', '40.0 ± 0.0', '–', '–', '–', '–'],
    ]);
  });

  it('of outcomes count responses and name the most frequent fault', () => {
    expect(outcomesTable(results).rows[0]).toEqual([
      'slow',
      'greedy',
      '2',
      '1',
      '0',
      '1',
      'no plan (1)',
    ]);
  });

  it('name the experiment where there are several', () => {
    const two = [...results, result('slow', greedy(20), 'other')];
    expect(plansTable(two).columns[0]?.title).toBe('experiment');
    expect(plansTable(two).rows.map(([name]) => name)).toEqual(['small', 'small', 'other']);
  });
});

describe('tables of sampled results', () => {
  const samples = [correctSample(5), correctSample(5, { route: 1 }), wrongSample()];
  const results = [result('auto', [record(samples)])];

  it('have k-Optimal-n, k-Solved-n with their n, and distinct plans', () => {
    expect(plansTable(results).columns.map(({ title }) => title)).toEqual([
      'mode',
      'decoding',
      'optimal %',
      'solved %',
      '1-Optimal-3 %',
      '3-Optimal-3 %',
      '1-Solved-3 %',
      '3-Solved-3 %',
      'SWC',
      'distinct plans',
    ]);
    expect(plansTable(results).rows).toEqual([
      ['auto', 'n3-t1', '66.7', '66.7', '100.0', '0.0', '100.0', '0.0', '1.000', '2.0'],
    ]);
  });

  it('write n where results differ in it', () => {
    const mixed = [...results, result('slow', greedy(20))];
    expect(plansTable(mixed).columns.map(({ title }) => title)).toContain('1-Optimal-n %');
  });
});

describe('an estimate', () => {
  it.each([
    ['optimalRate', 0.9333, 0.0121, '93.3 ± 1.2'],
    ['swc', 0.98765, 0.0004, '0.988 ± 0.000'],
    ['traceLength', 56.27, 1.04, '56.3 ± 1.0'],
    ['traceLength', 1538.2, 12.6, '1538 ± 13'],
  ] as const)('of %s %d ± %d is written %s', (name, value, standardError, text) => {
    expect(formatEstimate(name, { value, standardError, n: 9 })).toBe(text);
  });
});
