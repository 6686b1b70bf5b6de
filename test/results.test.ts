/** Whatever is committed as a report comes from the records beside it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdsStudy } from '../src/cli/stages/runFolder.ts';
import { readStudySource } from '../src/cli/stages/studyReport.ts';
import { kitRoot } from '../src/kitPackage.ts';
import { writeReport } from '../src/report/report.ts';
import { writeStudyReport } from '../src/report/study/write.ts';
import { runPaths } from '../src/training/runFolder.ts';
import { writeRun } from './helpers/runs.ts';
import { writeStudy } from './helpers/studies.ts';

let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(path.join(tmpdir(), 'results-'));
});
afterAll(() => rmSync(temporary, { recursive: true }));

const writeAgain = (folder: string, out: string): void => {
  if (holdsStudy(folder)) writeStudyReport(readStudySource(folder), out);
  else writeReport([folder], out);
};

const bytesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );

/** Which files differ, rather than how: they are long. */
function differing(folder: string): string[] {
  const out = path.join(temporary, path.basename(folder));
  writeAgain(folder, out);
  const [held, again] = [bytesOf(runPaths(folder).report), bytesOf(out)];
  const names = new Set([...Object.keys(held), ...Object.keys(again)]);
  return [...names].filter((name) => held[name] !== again[name]);
}

describe('a committed report', () => {
  const results = path.join(kitRoot, 'results');
  const reported = readdirSync(results)
    .map((name) => path.join(results, name))
    .filter((folder) => existsSync(runPaths(folder).report));

  it.each(reported.map((folder) => [path.relative(kitRoot, folder), folder]))(
    'of %s is written again from its records with the same bytes',
    (_, folder) => {
      expect(differing(folder)).toEqual([]);
    },
    60_000,
  );

  it('gives the README its main table', () => {
    const readme = readFileSync(path.join(kitRoot, 'README.md'), 'utf8');
    const { report } = runPaths(path.join(results, 'dualformer-mazes'));
    expect(readme).toContain(readFileSync(path.join(report, 'summary.md'), 'utf8').trim());
  });

  it('of anything else would be noticed', () => {
    const [run, study] = [
      writeRun(path.join(temporary, 'a', 'run')),
      path.join(temporary, 'a', 'study'),
    ];
    for (const folder of [run, writeStudy(study)]) {
      const { report } = runPaths(folder);
      writeAgain(folder, report);
      expect(differing(folder)).toEqual([]);
      rmSync(path.join(report, 'tables.md'));
      expect(differing(folder)).toEqual(['tables.md']);
    }
  });
});
