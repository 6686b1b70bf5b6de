/** What was edited by hand is said by a report, not believed. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeSealed } from '../../../src/sealed.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';
import { writeRun } from '../../helpers/runs.ts';
import { writeStudy } from '../../helpers/studies.ts';

const folder = temporaryFolder();
const [run, study] = [path.join(folder, 'run'), path.join(folder, 'study')];
const copy = path.join(folder, 'copy');

beforeAll(() => {
  writeRun(run);
  writeStudy(study);
});

/** Places of all numbers, texts, truth values and nulls, as lists of keys. */
function leaves(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...at, key]));
}

function edited(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) {
    if (typeof value === 'number') return value + 1;
    return typeof value === 'string' ? `${value}x` : !value;
  }
  const list = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const inner = (value as Record<string, unknown>)[key];
  (list as Record<string, unknown>)[key] = edited(inner, rest);
  return list;
}

/** Changes one value of a JSON file, or of one line of a log; the share says which. */
function edit(file: string, share: number): void {
  const text = readFileSync(file, 'utf8');
  const isLog = file.endsWith('.jsonl');
  const parts = isLog ? text.trimEnd().split('\n') : [text];
  const places = parts.flatMap((part, at) =>
    leaves(JSON.parse(part)).map((keys) => ({ at, keys })),
  );
  const { at, keys } = places[Math.floor(share * places.length)]!;
  parts[at] = JSON.stringify(edited(JSON.parse(parts[at]!), keys));
  writeFileSync(file, `${parts.join('\n')}\n`);
}

const jsonBelow = (place: string): string[] =>
  (readdirSync(place, { recursive: true }) as string[])
    .filter((name) => /\.jsonl?$/.test(name))
    .sort();

describe('a report', () => {
  it.each([
    ['a run', run],
    ['a study', study],
  ])('of %s refuses each value that was edited, and names its file', async (_, whole) => {
    const files = jsonBelow(whole);
    const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), share, async (name, where) => {
        rmSync(copy, { recursive: true, force: true });
        cpSync(whole, copy, { recursive: true });
        edit(path.join(copy, name), where);
        const { code, stderr } = await runKit('report', copy);
        expect({ name, code, stderr }).toMatchObject({ code: 1 });
        expect(stderr).toContain(path.join(copy, name));
        expect(stderr.trim().split('\n').length).toBe(1);
        expect(readdirSync(copy)).not.toContain('report');
      }),
      { numRuns: 60 },
    );
  });

  it('says which files have no checksum, and holds their settings against the records', async () => {
    rmSync(copy, { recursive: true, force: true });
    cpSync(run, copy, { recursive: true });
    const unseal = (name: string, change: (content: object) => object): void => {
      const file = path.join(copy, name);
      const { checksum: _, ...content } = JSON.parse(readFileSync(file, 'utf8'));
      writeFileSync(file, JSON.stringify(change(content)));
    };
    unseal('experiment.json', (settings) => ({ ...settings, seed: 7 }));
    const { code, stderr } = await runKit('report', copy);
    expect(code).toBe(0);
    const said =
      /no checksum of their own, so nobody can tell whether they were edited: .*experiment\.json/;
    expect(stderr).toMatch(said);
    const page = readFileSync(path.join(copy, 'report', 'report.md'), 'utf8');
    expect(page).toMatch(said);
    expect(page).not.toContain('provenance.json');
    const settings = 'evaluation/slow-greedy/settings.json';
    for (const [field, value] of [
      ['tasks', 300],
      ['samples', 2],
      ['mode', 'fast'],
    ] as const) {
      cpSync(path.join(run, settings), path.join(copy, settings));
      unseal(settings, (held) => ({
        ...held,
        settings: { ...(held as { settings: object }).settings, [field]: value },
      }));
      const { code: ended, stderr: complaint } = await runKit('report', copy);
      expect(ended).toBe(1);
      expect(complaint).toMatch(
        new RegExp(`settings\\.json: settings\\.${field}: is not what the records hold`),
      );
    }
  });

  it('says which log ends before the weights that were evaluated', async () => {
    rmSync(copy, { recursive: true, force: true });
    cpSync(run, copy, { recursive: true });
    const log = path.join(copy, 'metrics.jsonl');
    writeFileSync(log, `${readFileSync(log, 'utf8').split('\n')[0]}\n`);
    const { code, stderr } = await runKit('report', copy);
    expect(code).toBe(0);
    expect(stderr).toMatch(/logs of training were cut short: .*metrics\.jsonl/);
  });
});

describe('kit sweep', () => {
  const input = {
    name: 'tiny-study',
    base: {
      data: { task: { environment: 'maze', width: 3, height: 3 }, trainCount: 1000, testCount: 3 },
      model: 'tiny',
      training: { steps: 200 },
      evaluation: { tasks: 3, samples: 1, temperature: 0, maxTokens: 100, modes: ['slow'] },
    },
    cells: { one: {} },
    seeds: [1],
  };
  const results = path.join(folder, 'results');
  const file = path.join(folder, 'tiny-study.json');
  const evaluation = path.join(results, 'one-s1', 'evaluation', 'slow-greedy');
  const sweep = () =>
    runKit('sweep', file, '--results', results, '--out', path.join(folder, 'runs'), '--dry-run');

  it('takes no cell as done whose files were changed', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify(input));
    writeStudy(results, input);
    expect(await sweep()).toMatchObject({ code: 0, stdout: 'one-s1: done\n' });
    const records = path.join(evaluation, 'records.jsonl.gz');
    const bytes = readFileSync(records);
    const flipped = Buffer.from(bytes);
    flipped[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(records, flipped);
    expect(await sweep()).toMatchObject({
      code: 1,
      stderr: `kit: ${records}: does not match the checksum in settings.json\n`,
    });
    writeFileSync(records, bytes);
    edit(path.join(evaluation, 'settings.json'), 0.5);
    const { code, stderr } = await sweep();
    expect(code).toBe(1);
    expect(stderr).toContain(path.join(evaluation, 'settings.json'));
  });

  it('refuses settings of a cell that were changed, as those that a run keeps', async () => {
    rmSync(results, { recursive: true });
    writeStudy(results, input);
    const settings = path.join(results, 'one-s1', 'experiment.json');
    edit(settings, 0.3);
    const { code, stderr } = await sweep();
    expect([code, stderr]).toEqual([1, expect.stringContaining(settings)]);
    writeSealed(settings, { name: 'other' });
    expect((await sweep()).stderr).toContain('was made with other settings');
  });
});
