import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkStudy } from '../../../src/cli/loadStudy.ts';
import { TINY_SETTINGS } from '../../helpers/faults.ts';
import { expectInputError } from '../../helpers/inputErrors.ts';
import { runKit, spawnKit, temporaryFolder } from '../../helpers/kit.ts';

const of = (cell: string) => ({ cell, mode: 'slow' });
const STUDY = {
  name: 'improved',
  base: {
    ...TINY_SETTINGS,
    training: { ...TINY_SETTINGS.training, dropping: 'complete-trace' },
    evaluation: { modes: ['slow'], samples: 1, temperature: 0, maxTokens: 8 },
  },
  cells: { traces: { improvement: { rounds: 1, samples: 2, tasks: 5, steps: 2 } } },
  seeds: [1],
  evaluations: [{ label: 'drawn', tasks: 2, samples: 2, temperature: 1 }],
  claims: [
    {
      text: 'A round shortens traces',
      metric: 'traceLength',
      of: of('traces-round-1'),
      to: of('traces'),
      expect: 'fewer',
    },
  ],
};

const cwd = temporaryFolder();
const at = (file: string): string => path.join(cwd, file);

describe('a sweep over a cell that improves', () => {
  it('keeps the records of every round, and shows each as a row', async () => {
    writeFileSync(at('improved.json'), JSON.stringify(STUDY));
    const sweep = 'sweep improved.json --out runs --results results';
    const { code, stderr } = await spawnKit(`${sweep} --jobs 1 --backend cpu -q`.split(' '), {
      cwd,
    });
    expect([code, stderr]).toEqual([0, '']);
    const round = 'results/traces-s1/bootstrapping/round-1';
    for (const name of ['slow-greedy', 'slow-n2-t1-drawn']) {
      expect(existsSync(at(`${round}/evaluation/${name}/records.jsonl.gz`))).toBe(true);
    }
    expect(existsSync(at(`${round}/checkpoints`))).toBe(false);
    const ledger = (folder: string) =>
      readFileSync(at(`${folder}/traces-s1/bootstrapping/ledger.json`), 'utf8');
    expect(ledger('results')).toBe(ledger('runs'));
    const again = await spawnKit(`${sweep} --dry-run`.split(' '), { cwd });
    expect(again.stdout).toBe('traces-s1: done\n');

    expect((await runKit('report', at('results'), '-q')).code).toBe(0);
    const page = readFileSync(at('results/report/report.md'), 'utf8');
    for (const row of ['traces', 'traces-round-1']) {
      expect(page).toMatch(new RegExp(`^\\| ${row} +\\| slow +\\|`, 'm'));
    }
    expect(page).toContain('A round shortens traces');
    expect(page).not.toContain('not measured yet');
  }, 600_000);

  it('is foreseen as a study whose claims and cells know their rounds', () => {
    const [claim] = STUDY.claims;
    const claims = [{ ...claim, of: of('traces-round-3') }];
    expectInputError(
      () => checkStudy({ ...STUDY, claims }, 'x'),
      /^x: claims\[0\]\.of\.cell: the study has no cell "traces-round-3"; did you mean traces-round-\d\?$/,
    );
    const cells = { ...STUDY.cells, 'traces-round-1': {} };
    expectInputError(
      () => checkStudy({ ...STUDY, cells }, 'x'),
      /^x: cells\.traces-round-1: is the name of a round of cell traces$/,
    );
    const greedy = { traces: { improvement: { tasks: 31 } } };
    expectInputError(
      () => checkStudy({ ...STUDY, cells: greedy, claims: [] }, 'x'),
      /^x: cells\.traces\.improvement\.tasks: must be at most 30, the training tasks; it is 31$/,
    );
  });
});
