/** A study's page with its tables and numbers, on disk. */
import { toCsv } from '../table.ts';
import { type Block, heading, table } from '../page/blocks.ts';
import { renderMarkdown } from '../page/markdown.ts';
import { probeTable } from '../probe.ts';
import { type WrittenPage, writePage } from '../page/write.ts';
import { claimsTable, verdictTable } from './claimBlocks.ts';
import type { JudgedClaim } from './claims.ts';
import { otherKinds, readStudyResults, resultTableBlocks, studyPage, tablesOf } from './page.ts';
import type { StudyResults } from './page.ts';
import type { StudySource } from './source.ts';
import { kindsTable, summaryTable, tidyRows } from './tables.ts';

export interface StudyReport extends WrittenPage {
  readonly claims: readonly JudgedClaim[];
  /** What speaks against believing the files of the study. */
  readonly doubts: readonly string[];
}

/**
 * Writes report.html, report.md, summary.md, tables.md, results.csv, claims.csv and the figures into `out`; the
 * same records give the same bytes.
 * @throws InputError if something is damaged, or methods were evaluated on different tasks
 */
export function writeStudyReport(source: StudySource, out: string): StudyReport {
  const results = readStudyResults(source);
  const written = writePage(studyPage(source, results), out, [
    ['summary.md', renderMarkdown([table(summaryTable(tablesOf(source, results.rows)))])],
    ['tables.md', renderMarkdown(tableBlocks(source, results))],
    ['results.csv', toCsv(tidyRows(results.rows))],
    ['claims.csv', toCsv(claimsTable(results.claims))],
  ]);
  return { ...written, claims: results.claims, doubts: results.doubts };
}

function tableBlocks(source: StudySource, { rows, claims, probes }: StudyResults): Block[] {
  const labels = otherKinds(source);
  const shown = rows.filter(({ label }) => label === null || labels.includes(label));
  return [
    ...(claims.length === 0 ? [] : [heading(3, 'Claims'), table(verdictTable(claims))]),
    ...tablesOf(source, rows).flatMap(({ label, rows }) => resultTableBlocks(label, rows)),
    ...(shown.some(({ label }) => label !== null)
      ? [heading(3, 'Tasks of other kinds: optimal %'), table(kindsTable(shown, [null, ...labels]))]
      : []),
    ...(probes.length === 0 ? [] : [heading(3, 'Corrupted traces'), table(probeTable(probes))]),
  ];
}
