/** Judged claims for readers: a list with verdicts, and a table with every number. */
import type { MetricName } from '../../evaluation/metrics.ts';
import { formatDifference, formatSigned } from '../differences.ts';
import { type Block, LINE_BREAK, list, type Span, type Text, text } from '../page/blocks.ts';
import { prose, spansOf, type Tone } from '../page/blocks.ts';
import type { Table } from '../table.ts';
import { type JudgedClaim, type Verdict, VERDICTS, verdictText } from './claims.ts';

const TONES: Readonly<Record<Verdict, Tone>> = {
  reproduced: 'good',
  'not reproduced': 'bad',
  inconclusive: 'open',
  unfinished: 'open',
  'not measured yet': 'open',
};

export function claimBlocks(claims: readonly JudgedClaim[]): Block[] {
  if (claims.length === 0) return [];
  const counts = VERDICTS.map((verdict) => ({
    verdict,
    count: claims.filter((each) => each.verdict === verdict).length,
  })).filter(({ count }) => count > 0);
  return [
    ...text(
      `Of ${claims.length} claims: ${counts.map(({ verdict, count }) => `${count} ${verdict}`).join(', ')}.`,
    ),
    ...list(claims.map(claimItem)),
    ...text(
      prose(
        'A claim is reproduced if the whole 95 % interval of the difference and the difference of ' +
          'every seed lie on the claimed side of 0, not reproduced if all of them lie on the other, ' +
          'else inconclusive. Intervals are over tasks (paired bootstrap, seeds averaged); ' +
          'differences of shares are in points.' +
          (claims.some(({ verdict }) => verdict === 'unfinished')
            ? ' There is no verdict before both sides have all their seeds.'
            : ''),
      ),
    ),
  ];
}

function claimItem(judged: JudgedClaim): Text {
  const { claim, of, to, verdict, difference, seeds, planned } = judged;
  const { metric, expect, evaluation, published } = claim;
  const what = `${TITLES[metric] ?? metric}${evaluation === undefined ? '' : ` (${evaluation})`}`;
  const lines: Span[][] = [
    [{ strong: verdictText(judged), tone: TONES[verdict] }, ' — ', ...spansOf(prose(claim.text))],
    difference === null
      ? [`${what}: ${of} should have ${expect} than ${to}.`]
      : [
          `${verdict === 'unfinished' ? 'so far, ' : ''}${what}, ${of} minus ${to}: `,
          { strong: formatDifference(metric, difference) },
          planned === 1
            ? ''
            : `; by seed ${seeds.map(({ value }) => formatSigned(metric, value)).join(', ')}`,
        ],
    ...(published === undefined ? [] : [[`Published: ${published}`]]),
  ];
  return lines.flatMap((line, i) => (i === 0 ? line : [LINE_BREAK, ...line]));
}

/** Everything that a verdict rests on, one claim a line. */
export function claimsTable(claims: readonly JudgedClaim[]): Table {
  const titles =
    'claim metric evaluation of to expect verdict difference low high seeds by_seed published';
  return {
    columns: titles.split(' ').map((title) => ({ title })),
    rows: claims.map(({ claim, of, to, verdict, difference, seeds }) => [
      claim.text,
      claim.metric,
      claim.evaluation ?? 'own',
      of,
      to,
      claim.expect,
      verdict,
      ...[difference?.value, difference?.low, difference?.high].map((each) => String(each ?? '')),
      seeds.map(({ seed }) => seed).join(' '),
      seeds.map(({ value }) => value).join(' '),
      claim.published ?? '',
    ]),
  };
}

/** The same for a page of tables. */
export function verdictTable(claims: readonly JudgedClaim[]): Table {
  return {
    columns: ['claim', 'verdict', 'metric', 'difference', 'by seed', 'published'].map((title) => ({
      title,
    })),
    rows: claims.map((judged) => [
      judged.claim.text,
      verdictText(judged),
      TITLES[judged.claim.metric] ?? judged.claim.metric,
      formatDifference(judged.claim.metric, judged.difference),
      judged.seeds.map(({ value }) => formatSigned(judged.claim.metric, value)).join(', '),
      judged.claim.published ?? '',
    ]),
  };
}

const TITLES: Readonly<Partial<Record<MetricName, string>>> = {
  optimalRate: 'optimal rate',
  solvedRate: 'solved rate',
  oneOptimal: '1-Optimal-n',
  threeOptimal: '3-Optimal-n',
  oneSolved: '1-Solved-n',
  threeSolved: '3-Solved-n',
  swc: 'SWC',
  ilrSolved: 'ILR-on-solved',
  ilrOptimal: 'ILR-on-optimal',
  diversity: 'distinct plans a task',
  traceLength: 'trace tokens',
  legalRate: 'legal traces',
  consistentRate: 'consistent traces',
  traceRate: 'responses with a trace',
};
