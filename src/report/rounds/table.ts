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
  const rows = models.map((model) => ({ ...model, skipped: skippingOf(model.result) }));
  const measured = METRIC_COLUMNS.map(
    ([title, name]) =>
      [title, ({ result }: Descendant) => formatEstimate(name, result.metrics[name])] as const,
  );
  const skipped = SKIPPING_COLUMNS.map(
    ([title, name]) =>
      [title, (row: (typeof rows)[number]) => formatShare(row.skipped[name])] as const,
  );
  return tableOf(rows, {
    title: 'model',
    name: ({ title }) => title,
    columns: [...measured, ...skipped],
  });
}

/** Means over the runs. */
function skippingOf({ evaluations }: Result): Skipping {
  const each = evaluations.map(({ records, settings }) =>
    skipping(records, createVocabulary(settings.vocabulary)),
  );
  const mean = (name: keyof Skipping): Estimate | null =>
    combineEstimates(each.map((one) => one[name]));
  return {
    omitted: mean('omitted'),
    omittedOnPlans: mean('omittedOnPlans'),
    omittedElsewhere: mean('omittedElsewhere'),
    added: mean('added'),
  };
}

const formatShare = (estimate: Estimate | null): string => formatEstimate('optimalRate', estimate);
