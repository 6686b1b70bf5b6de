import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectResults, type Result } from '../../../src/report/results.ts';
import { chooseRoundExamples } from '../../../src/report/rounds/examples.ts';
import { lineagesOf } from '../../../src/report/rounds/lineages.ts';
import { type LedgerEntry, writeLedger } from '../../../src/improvement/rounds.ts';
import { roundsBlocks } from '../../../src/report/rounds/blocks.ts';
import { ledgerTable, readLedgers } from '../../../src/report/rounds/ledger.ts';
import { readRun } from '../../../src/report/run.ts';
import { toMarkdown } from '../../../src/report/table.ts';
import { roundsTable } from '../../../src/report/rounds/table.ts';
import { reportedSettings, runTasks, taskRecord, writeRun } from '../../helpers/runs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rounds-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const improvement = (method: string, rounds: number) => ({
  improvement: { method, rounds, samples: 2, steps: 10 },
});

/** A run of its own folder. */
const run = (name: string, seed: number, experiment: object, failed: readonly number[] = []) =>
  readRun(writeRun(path.join(folder, `${name}-${seed}`), { name, seed, experiment, failed }));

describe('rounds of self-improvement', () => {
  it('follow their first model, by method and mode, over seeds', () => {
    const results = collectResults([
      run('other', 1, { model: 'small' }),
      ...[1, 2].flatMap((seed) => [
        run('x-bootstrapping-2', seed, improvement('bootstrapping', 2)),
        run('x-bootstrapping-1', seed, improvement('bootstrapping', 1)),
        run('x-expert-1', seed, improvement('expert-iteration', 1)),
        run('x', seed, {}, [2]),
      ]),
    ]);
    const found = lineagesOf(results).filter(({ measured }) => measured === 'slow, greedy');
    const told = found.map(({ name, models }) => [
      name,
      models.map(({ title, result }) => [title, result.experiment, result.runs.length]),
    ]);
    expect(told).toEqual([
      [
        'x to x-bootstrapping-2',
        [
          ['before', 'x', 2],
          ['round 1', 'x-bootstrapping-1', 2],
          ['round 2', 'x-bootstrapping-2', 2],
        ],
      ],
      [
        'x to x-expert-1',
        [
          ['before', 'x', 2],
          ['round 1', 'x-expert-1', 2],
        ],
      ],
    ]);
    const [table] = found.map((lineage) => toMarkdown(roundsTable(lineage)).split('\n'));
    // With one of three tasks failed, in both seeds; A*'s own traces leave nothing out.
    // ILR: references are twice as long as A*'s own traces, so two solved of three make 4/3.
    expect(table![2]!.split('|').map((cell) => cell.trim().replace(' ± ', '±'))).toEqual(
      (
        '|before|66.7±0.0|0.667±0.000|1.333±0.000|1.333±0.000|60.0±0.0|100.0±0.0|100.0±0.0|0.0±0.0|' +
        '0.0±0.0|0.0±0.0|–|0.0±0.0|'
      ).split('|'),
    );
    expect(table![4]).toMatch(/^\| round 2 \| 100\.0 ± 0\.0 \|/);
    expect(roundsBlocks(results).flatMap((block) => ('name' in block ? block.name : []))).toContain(
      'rounds-1-boards.svg',
    );
  });

  it('follow the model whose folder holds them, among some that were trained alike', () => {
    const of = (cell: string, samples: number) => {
      const place = path.join(folder, 'alike', cell);
      const round = { method: 'bootstrapping', rounds: 1, samples, steps: 10 };
      return [
        readRun(writeRun(place, { name: cell, seed: 1 })),
        readRun(
          writeRun(path.join(place, 'bootstrapping', 'round-1'), {
            name: `${cell}-round-1`,
            seed: 1,
            experiment: { improvement: round },
          }),
        ),
      ];
    };
    const lineages = lineagesOf(collectResults([...of('few', 8), ...of('many', 32)]));
    const slow = lineages.filter(({ measured }) => measured.startsWith('slow'));
    expect(slow.map(({ name, models }) => [name, models.at(-1)!.result.experiment])).toEqual([
      ['few', 'few-round-1'],
      ['many', 'many-round-1'],
    ]);
  });

  it('are no part of a report without them', () => {
    expect(roundsBlocks(collectResults([run('alone', 1, {})]))).toEqual([]);
    const orphans = collectResults([run('y-bootstrapping-1', 1, improvement('bootstrapping', 1))]);
    expect(roundsBlocks(orphans)).toEqual([]);
  });

  it('are shown on the tasks at the quartiles of how much shorter traces became', () => {
    const model = (rounds: number, lengths: readonly number[]): Result => {
      const records = lengths.map((traceLength, id) => {
        const record = taskRecord(runTasks[0]!, { id, mode: 'slow', failed: [6] });
        return { ...record, samples: record.samples.map((one) => ({ ...one, traceLength })) };
      });
      const settings = { ...reportedSettings('x'), ...(rounds > 0 && improvement('b', rounds)) };
      const [example] = collectResults([run(`shown${rounds}`, 1, {})]);
      const evaluations = [{ ...example!.evaluations[0]!, records }];
      return { ...example!, settings, evaluations };
    };
    // Ratios 1, 1/10, 1/2, 3/5, 1/5; of the last two tasks one has no trace, one was failed.
    const [lineage] = lineagesOf([
      model(0, [10, 10, 10, 10, 10, 10, 10]),
      model(1, [10, 1, 5, 6, 2, 0, 1]),
    ]);
    expect(chooseRoundExamples(lineage!).map(({ record }) => record.id)).toEqual([4, 2, 3]);
    const titles = chooseRoundExamples(lineage!)[0]!.answers.map(({ title }) => title);
    expect(titles).toEqual(['before', 'round 1']);
    const [none] = lineagesOf([model(0, [0]), model(1, [0])]);
    expect(chooseRoundExamples(none!)).toEqual([]);
  });

  it('tell what they took, once for all modes, on the average over seeds', () => {
    const placed = (seed: number, at: string, experiment: object) => {
      const name = `t${at === '' ? '' : `-${at}`}`;
      const place = path.join(folder, 'took', String(seed), at === '' ? '' : `bootstrapping/${at}`);
      return readRun(writeRun(place, { name, seed, experiment }));
    };
    const results = collectResults(
      [1, 2].flatMap((seed) => [
        placed(seed, '', {}),
        placed(seed, 'round-1', improvement('bootstrapping', 1)),
        placed(seed, 'round-2', improvement('bootstrapping', 2)),
      ]),
    );
    const lineages = lineagesOf(results);
    expect(lineages.length).toBeGreaterThan(1);
    expect(readLedgers(lineages)).toEqual([]);

    const entry = (round: number, changed: Partial<LedgerEntry>): LedgerEntry => ({
      round,
      tasks: 10,
      responses: 40,
      responseTokens: 4000,
      optimalResponses: 20,
      optimalTasks: 8,
      rows: 10,
      newRows: 8,
      storedTraceTokens: 60,
      traceTokens: 50,
      ...changed,
    });
    const ledgerOf = (seed: number) => path.join(folder, 'took', String(seed), 'bootstrapping');
    const trained = { training: { steps: 5, tokens: 900 } };
    writeLedger(ledgerOf(1), entry(1, trained));
    writeLedger(ledgerOf(1), entry(2, { traceTokens: null, rows: 0, newRows: 0 }));
    writeLedger(ledgerOf(2), entry(1, { responseTokens: 5001, optimalResponses: 30, ...trained }));
    writeLedger(ledgerOf(2), entry(2, { traceTokens: 40.5 }));
    writeLedger(ledgerOf(2), entry(3, {}));

    const [told, ...others] = readLedgers(lineages);
    expect(others).toEqual([]);
    expect(told!.name).toBe('t');
    const rows = toMarkdown(ledgerTable(told!.ledgers)).split('\n').slice(2, -1);
    expect(rows.map((row) => row.replaceAll(' ', ''))).toEqual([
      '|1|10|40|4,501|62.5|80.0|80.0|60.0|50.0|900|',
      '|2|10|40|4,000|50.0|80.0|80.0|60.0|40.5|–|',
    ]);
    // The last round alone tells of those before it.
    const gap = readLedgers(
      lineagesOf(results.filter(({ experiment }) => experiment !== 't-round-1')),
    );
    expect(gap).toEqual([told]);
    const headings = roundsBlocks(results).filter(({ kind }) => kind === 'heading');
    expect(headings.at(-1)).toMatchObject({ text: 'What the rounds of t took' });
  });
});
