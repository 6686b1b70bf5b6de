/** The part of a page that tells what rounds of self-improvement changed. */
import { examplesPicture, exampleText } from '../examples.ts';
import { type Block, code, figure, heading, prose, table, text } from '../page/blocks.ts';
import type { Result } from '../results.ts';
import type { Table } from '../table.ts';
import { traceLengthFigure } from '../traceFigure.ts';
import { chooseRoundExamples } from './examples.ts';
import { ledgerTable, readLedgers } from './ledger.ts';
import { lineagesOf, type Lineage } from './lineages.ts';
import { roundsTable } from './table.ts';

/** Nothing where no model was improved. */
export function roundsBlocks(results: readonly Result[]): Block[] {
  const lineages = lineagesOf(results);
  if (lineages.length === 0) return [];
  return [
    ...text(prose(HOW_TO_READ)),
    ...lineages.flatMap((lineage, i) => lineageBlocks(lineage, i + 1)),
    ...text(PUBLISHED),
    table(PUBLISHED_ROUNDS),
    ...readLedgers(lineages).flatMap(({ name, ledgers }) => [
      heading(3, `What the rounds of ${name} took`),
      ...text(LEDGER + (ledgers.length > 1 ? ` Means over ${ledgers.length} runs.` : '')),
      table(ledgerTable(ledgers)),
    ]),
  ];
}

function lineageBlocks(lineage: Lineage, number: number): Block[] {
  const results = lineage.models.map(({ title, result }) => ({ ...result, experiment: title }));
  const examples = chooseRoundExamples(lineage);
  return [
    heading(3, `${lineage.name}, ${lineage.measured}`),
    table(roundsTable(lineage)),
    ...figure(
      `rounds-${number}-lengths.svg`,
      traceLengthFigure(results),
      'Distribution of trace lengths before and after each round, and of the A* traces of the same tasks.',
    ),
    ...figure(
      `rounds-${number}-boards.svg`,
      examples.length === 0 ? null : examplesPicture('The same tasks before and after', examples),
      'Of the tasks that the first and the last model solve optimally, those at the quartiles of how much ' +
        'shorter the trace became.',
    ),
    ...examples.flatMap((example) => [
      ...text(`Task ${example.record.id}`),
      code('text', exampleText(example)),
    ]),
  ];
}

const HOW_TO_READ =
  '“Left out”: of the states that deterministic A* closes, the share that the trace does not close; “on ' +
  'plans” of those on a shortest plan, “elsewhere” of all others, which a search could do without; “added”: ' +
  'states that the trace closes and A* does not, over those that A* closes. All over optimal responses with a ' +
  'trace. Closings that dropping took out of the traces learned from count as left out.';

const PUBLISHED =
  'Published (Searchformer, arXiv 2402.14083: Sokoban of 7×7 with two boxes, 45 M parameters, three seeds):';

/** Means over tasks, ± the standard error over seeds where the paper gives it. */
const PUBLISHED_ROUNDS: Table = {
  columns: [
    { title: 'model' },
    ...['optimal %', 'SWC', 'ILR-on-solved', 'ILR-on-optimal'].map(
      (title) => ({ title, align: 'right' }) as const,
    ),
  ],
  rows: [
    ['before', '90.8 ± 1.6', '0.924', '0.908', '0.919'],
    ['round 1', '93.5 ± 1.0', '0.953', '1.054', '1.062'],
    ['round 2', '93.3 ± 0.6', '0.957', '1.158', '1.181'],
    ['round 3', '93.7 ± 1.6', '0.953', '1.292', '1.343'],
  ],
};

const LEDGER =
  'All tokens of responses are counted, of those that were not selected too. “New answers” are rows of the data ' +
  'that were not stored before, word for word; “stored” and “selected trace” are mean tokens of the traces ' +
  'before and after selection.';
