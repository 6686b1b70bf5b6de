/** What each round of self-improvement changed, as a table. */
import { combineEstimates, type Estimate, type MetricName } from '../../evaluation/metrics.ts';
import { type Skipping, skipping } from '../../evaluation/skipping.ts';
import { createVocabulary } from '../../../traces/vocabulary.ts';
import type { Result } from '../results.ts';
import { formatEstimate } from '../resultTables.ts';
import { tableOf, type Table } from '../table.ts';
import type { Descendant, Lineage } from './lineages.ts';

const METRIC_COLUMNS: readonly (readonly [title: string, name: MetricName])[] = [
  ['optimal %', 'optimalRate'],
  ['SWC', 'swc'],
  ['ILR-on-solved', 'ilrSolved'],
  ['ILR-on-optimal', 'ilrOptimal'],
  ['trace tokens', 'traceLength'],
  ['with trace %', 'traceRate'],
  ['legal %', 'legalRate'],
  ['consistent %', 'consistentRate'],
];

const SKIPPING_COLUMNS: readonly (readonly [title: string, name: keyof Skipping])[] = [
  ['left out %', 'omitted'],
  ['on plans %', 'omittedOnPlans'],
  ['elsewhere %', 'omittedElsewhere'],
  ['added %', 'added'],
];

export function roundsTable({ models }: Lineage): Table {
  const rows = models.map((model) => ({ ...model, skipped: skippingsOf(model.result) }));
  const measured = METRIC_COLUMNS.map(
    ([title, name]) =>
      [title, ({ result }: Descendant) => formatEstimate(name, result.metrics[name])] as const,
  );
  const skipped = SKIPPING_COLUMNS.map(
    ([title, name]) =>
      [
        title,
        (row: (typeof rows)[number]) => formatShare(row.skipped.map((one) => one[name])),
      ] as const,
  );
  return tableOf(rows, {
    title: 'model',
    name: ({ title }) => title,
    columns: [...measured, ...skipped],
  });
}

/** One for each run. */
function skippingsOf({ evaluations }: Result): Skipping[] {
  return evaluations.map(({ records, settings }) =>
    skipping(records, createVocabulary(settings.vocabulary)),
  );
}

const formatShare = (runs: readonly (Estimate | null)[]): string =>
  formatEstimate('optimalRate', combineEstimates(runs));
