import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStudySource } from '../../../../src/cli/stages/studyReport.ts';
import { writeStudyReport } from '../../../../src/report/study/write.ts';
import { expectInputError } from '../../../helpers/inputErrors.ts';
import { SMALL_STUDY, writeStudy } from '../../../helpers/studies.ts';

let root: string;
let study: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'study-'));
  study = writeStudy(path.join(root, 'small-study'));
});
afterAll(() => rmSync(root, { recursive: true }));

const report = (folder: string, out = path.join(folder, 'report')) => {
  const written = writeStudyReport(readStudySource(folder), out);
  return { ...written, read: (name: string) => readFileSync(path.join(out, name), 'utf8') };
};

describe('the page of a study', () => {
  it('judges the claims by the records', () => {
    const { claims, read } = report(study);
    // Complete-Trace fails every task that Dualformer solves; Solution-Only does so with one seed.
    expect(claims.map(({ verdict }) => verdict)).toEqual([
      'reproduced',
      'not reproduced',
      'inconclusive',
    ]);
    expect(claims[2]!.seeds.map(({ value }) => value)).toEqual([0, 1]);
    const text = read('report.md');
    expect(text).toContain('Of 3 claims: 1 reproduced, 1 not reproduced, 1 inconclusive.');
    expect(text).toContain(
      '- **reproduced** — Slow beats Complete-Trace\\\n' +
        '  optimal rate, dualformer slow minus complete-trace slow: **+100.0 \\[100.0, 100.0\\]**; ' +
        'by seed +100.0, +100.0\\\n' +
        '  Published: 97.6 \\| 93.3 %\n',
    );
    expect(read('claims.csv').split('\n').slice(0, 2)).toEqual([
      'claim,metric,evaluation,of,to,expect,verdict,difference,low,high,seeds,by_seed,published',
      'Slow beats Complete-Trace,optimalRate,own,dualformer slow,complete-trace slow,more,reproduced,1,1,1,1 2,1 1,97.6 | 93.3 %',
    ]);
  });

  it('has every file that it names, and the same bytes each time', () => {
    const out = path.join(root, 'twice');
    const { files, read } = report(study, out);
    const names = readdirSync(out).sort();
    expect(names).toEqual(files.map((file) => path.basename(file)).sort());
    for (const name of 'claims.csv report.html report.md results.csv tables.md'.split(' ')) {
      expect(names).toContain(name);
    }
    const shown = [...read('report.md').matchAll(/\]\(([\w.-]+)\)/g)].map(([, name]) =>
      String(name),
    );
    expect(shown.sort()).toEqual(names.filter((name) => name.endsWith('.svg')));
    const before = names.map(read);
    report(study, out);
    expect(names.map(read)).toEqual(before);
  });

  it('tabulates means over seeds, one table for each evaluation of the cells’ own tasks', () => {
    const { read } = report(study);
    const tables = read('tables.md');
    expect(tables).toMatch(/### Own evaluation: 3 test tasks, greedy\n/);
    expect(tables).toMatch(/### sampled: 3 test tasks, 4 responses each at temperature 1\n/);
    expect(tables).toMatch(/1-Optimal-4 % \| 3-Optimal-4 %/);
    // Seeds 100 % and 0 %: mean 50, deviation 70.7, over √2.
    expect(tables).toMatch(/\| solution-only +\| fast \| +2 \| +50\.0 ± 50\.0 \|/);
    expect(tables).toMatch(/\| cell +\| mode \| +trained on \| +open \|/);
    const [head, ...rows] = read('summary.md').trim().split('\n');
    expect(head).toMatch(
      /optimal % \| +sampled, optimal % \| +sampled, 1-Optimal-4 % \| +trace tokens/,
    );
    expect(rows.find((row) => row.includes('solution-only'))).toMatch(
      /\| fast \| +2 \| +50\.0 ± 50\.0 \| [^|]+\| [^|]+\| +0\.0 ± 0\.0 \|$/,
    );
    expect(read('results.csv')).toContain(
      'small-study,solution-only,fast,own,1,3,2,optimalRate,0.5,0.5,2\n',
    );
  });

  it('states question, notes, what differs, what it cost and the commands, none of it markup', () => {
    const { read } = report(study);
    const { document } = new JSDOM(read('report.html')).window;
    expect(document.querySelector('.lead')?.textContent).toBe('Does <dropping> help?');
    const text = document.body.textContent;
    expect(text).toContain('A null result & all stay in.');
    expect(text).toContain('training.dropping');
    // 200 steps in 20 seconds at 30,000 tokens a second, for each of six runs.
    expect(text).toMatch(/all together\s*6\s*2\.0\s*3\.6\s*30,000/);
    expect(text).toContain(
      'npx kit sweep results/small-study/study.json --results again/small-study\n' +
        'npx kit report again/small-study\n',
    );
    expect(text).not.toContain('not finished');
  });

  it('draws well-formed figures with numbers only', () => {
    const out = path.join(root, 'figures');
    const { files, read } = report(study, out);
    const names = files.map((file) => path.basename(file)).filter((name) => name.endsWith('.svg'));
    expect(names).toEqual([
      'pareto.svg',
      'pareto-sampled.svg',
      'difficulty-planLength.svg',
      'difficulty-aStarTraceLength.svg',
      'difficulty-wallShare.svg',
      'fastSlow-planLength.svg',
      'fastSlow-wallShare.svg',
      'choices-aStarTraceLength.svg',
      'choices-wallShare.svg',
      'kinds.svg',
      'validationLoss.svg',
      'trainingLoss.svg',
    ]);
    const { DOMParser } = new JSDOM('').window;
    for (const name of names) {
      const parsed = new DOMParser().parseFromString(read(name), 'image/svg+xml');
      expect(parsed.querySelector('parsererror')).toBeNull();
      expect(read(name)).not.toMatch(/NaN|undefined|Infinity|href/);
    }
  });
});

describe('a study with corrupted traces', () => {
  it('tells what became of the plans, apart from what the cells answer by themselves', () => {
    const corrupt = { label: 'traces', tasks: 3, samples: 1, temperature: 0, corrupt: ['swap'] };
    const folder = path.join(root, 'corrupt');
    const { read } = report(
      writeStudy(folder, { ...SMALL_STUDY, evaluations: [corrupt], claims: [] }),
    );
    // The same responses behind true and swapped traces: the plans are unchanged.
    expect(read('report.md')).toMatch(
      /## Corrupted traces\n\n(.+\n\n){2}.*\n.*\n\| dualformer, traces +\| swap +\| +3 \| 100\.0 ± 0\.0 \|/,
    );
    expect(read('tables.md')).toContain('### Corrupted traces\n');
    expect(read('results.csv')).not.toContain('traces');
    expect(read('corruptions.svg')).toContain('swap');
  });
});

describe('an unfinished study', () => {
  it('is reported with what is there, and says so at the top', () => {
    const without = ['dualformer-s2', 'complete-trace-s1', 'complete-trace-s2', 'solution-only-s2'];
    const folder = writeStudy(path.join(root, 'unfinished'), SMALL_STUDY, { without });
    rmSync(path.join(folder, 'dualformer-s1', 'evaluation', 'auto-greedy'), { recursive: true });
    const { claims, read } = report(folder);
    expect(claims.map(({ verdict }) => verdict)).toEqual([
      'not measured yet',
      'unfinished',
      'unfinished',
    ]);
    const [, , , , notice] = read('report.md').split('\n');
    expect(notice).toBe(
      '> This study is not finished: it has 1 of 6 runs. Missing: of seed 1 dualformer (1 of its ' +
        'evaluations), complete-trace; of seed 2 all.',
    );
    const text = read('report.md');
    expect(text).toContain('Of 3 claims: 2 unfinished, 1 not measured yet.');
    // Fast never thinks; slow has traces of 9, 13 and 17 clauses.
    expect(text).toMatch(
      /- \*\*unfinished \(1 of 2 seeds\)\*\* — Fast thinks more than slow\\\n {2}so far, trace tokens \(sampled\), dualformer fast minus dualformer slow: \*\*-/,
    );
    expect(text).toContain('There is no verdict before both sides have all their seeds.');
    expect(read('claims.csv')).toMatch(/,unfinished,/);
    expect(read('tables.md')).toMatch(/\| unfinished \(1 of 2 seeds\) \|/);
  });

  it('without any records is a page too', () => {
    const all = ['dualformer', 'complete-trace', 'solution-only'];
    const without = all.flatMap((cell) => [`${cell}-s1`, `${cell}-s2`]);
    const { read } = report(writeStudy(path.join(root, 'empty'), SMALL_STUDY, { without }));
    expect(read('report.md')).toContain('it has 0 of 6 runs');
    expect(read('report.md')).toContain('Of 3 claims: 3 not measured yet.');
  });

  it('is refused where a cell was made with other settings', () => {
    const folder = writeStudy(path.join(root, 'other'));
    const cells = { ...SMALL_STUDY.cells, dualformer: { training: { steps: 100 } } };
    writeFileSync(path.join(folder, 'study.json'), JSON.stringify({ ...SMALL_STUDY, cells }));
    expectInputError(
      () => report(folder),
      /other\/dualformer-s1: was made with other settings of cell dualformer: its training.steps is 200, not 100/,
    );
  });
});

describe('a study beside others', () => {
  const { dualformer } = SMALL_STUDY.cells;
  const few = (examples: number) => ({ ...dualformer, training: { examples } });
  const curve = {
    ...SMALL_STUDY,
    name: 'curve',
    cells: { 'dualformer-100': few(100), 'dualformer-10': few(10) },
    evaluations: [],
    claims: [
      {
        text: 'More tasks help',
        metric: 'optimalRate',
        of: { study: 'small-study', cell: 'dualformer', mode: 'slow' },
        to: { cell: 'dualformer-10', mode: 'slow' },
        expect: 'more',
      },
    ],
    beside: { 'small-study': ['dualformer'] },
  };
  const failed = (cell: string) => (cell === 'dualformer-10' ? [0, 1, 2] : [1]);

  it('takes their cells into its tables, claims and curves', () => {
    const { claims, files, read } = report(writeStudy(path.join(root, 'curve'), curve, { failed }));
    expect(claims[0]).toMatchObject({ verdict: 'reproduced', of: 'dualformer slow' });
    const cells = [...read('tables.md').matchAll(/^\| (dualformer[\w-]*) +\| slow/gm)];
    expect(cells.map(([, cell]) => cell)).toEqual([
      'dualformer-10',
      'dualformer-100',
      'dualformer',
    ]);
    expect(files.map((file) => path.basename(file))).toContain('dataCurve.svg');
    expect(read('dataCurve.svg')).toMatch(/>10<[^]*>100<[^]*>1k</);
    // What the other study evaluates besides is none of its business.
    expect(read('results.csv')).not.toContain('sampled');
  });

  it('does without those that are not there, and says so', () => {
    const alone = { ...curve, beside: { nothing: ['dualformer'] }, claims: [] };
    const { read } = report(writeStudy(path.join(root, 'alone'), alone, { failed }));
    expect(read('report.md')).toContain(
      'There are no records of nothing, which belongs beside it.',
    );
  });

  it('is refused where they have no such cell', () => {
    const wrong = { ...curve, beside: { 'small-study': ['dualforme'] }, claims: [] };
    const folder = writeStudy(path.join(root, 'wrong'), wrong, { failed });
    expectInputError(
      () => report(folder),
      /small-study\/study.json: has no cell "dualforme", which curve names in beside; did you mean dualformer\?$/,
    );
  });
});
