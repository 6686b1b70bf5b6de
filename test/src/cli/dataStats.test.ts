import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateDataset } from '../../../src/data/generate.ts';
import { mazeSettings } from '../../helpers/datasets.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

const cwd = temporaryFolder();
const small = path.join(cwd, 'small');
const published = path.join(cwd, 'published');
const counts = { trainCount: 40, validationCount: 0, testCount: 10 };
beforeAll(async () => {
  await generateDataset(mazeSettings(counts), { out: small });
  await generateDataset(mazeSettings(counts, { width: 10, height: 10 }), { out: published });
});

describe('kit data stats', () => {
  it('draws tables and histograms, and says what repeats', async () => {
    const { code, stdout, stderr } = await runKit('data', 'stats', small, '--quiet');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(
      `${small}: maze 5×4, deterministic A*, 50 tasks (train 40, validation 0, test 10)`,
    );
    expect(stdout).toMatch(/│ per task +│ +min │ +25 % │ +median │ +75 % │ +max │ +mean │/);
    for (const title of ['prompt, tokens', 'reasoning, tokens', 'walls, % of the cells']) {
      expect(lines.filter((line) => line.startsWith(`│ ${title} `))).toHaveLength(1);
    }
    expect(lines.slice(2).every((line) => line.length <= 100)).toBe(true);
    expect(stdout).toMatch(/^ *\d+ █+[▏▎▍▌▋▊▉]? \d+/m);
    expect(stdout).not.toContain('published');
    expect(stdout).toMatch(/\nno task occurs twice; 50 layouts, none in more than one split\n$/);
  });

  it('stands beside the published lengths where there are some', async () => {
    const { stdout } = await runKit('data', 'stats', published, '--quiet');
    const [own] = /│ reasoning and plan, tokens +│[^m]*?\n/.exec(stdout)!;
    const median = Number(own.split('│')[4]);
    expect(stdout).toMatch(/│ published +│ +130 │ +214 │ +264 │ +342 │ +814 │/);
    const [ratios] = /│ here \/ published .*\n/.exec(stdout)!;
    expect(ratios.split('│')[4]!.trim()).toBe((median / 264).toFixed(3));
  });

  it('gives programs one line of JSON with every count', async () => {
    const argv = ['data', 'stats', small, '--split', 'train', '--json', '--quiet'];
    const { code, stdout } = await runKit(...argv);
    expect([code, stdout.split('\n').length]).toEqual([0, 2]);
    const json = JSON.parse(stdout) as {
      quantities: Record<string, { min: number; max: number; counts: [number, number][] }>;
    };
    expect(json).toMatchObject({
      settings: counts,
      splits: ['train'],
      tasks: 40,
      repeatedTasks: 0,
      layouts: 40,
      sharedLayouts: 0,
      publishedResponse: null,
    });
    for (const { min, max, counts } of Object.values(json.quantities)) {
      expect([counts[0]![0], counts.at(-1)![0]]).toEqual([min, max]);
      expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(40);
    }
    const { walls } = json.quantities;
    expect(walls!.min).toBeGreaterThanOrEqual(30);
    expect(walls!.max).toBeLessThanOrEqual(50);
  });

  it('refuses an empty split by its flag, and a changed file by its name', async () => {
    expect(await runKit('data', 'stats', small, '--split', 'validation')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `kit: --split: the validation split of ${small} holds no tasks\n`,
    });
    const file = path.join(published, 'train-00000.parquet');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
    const { code, stdout, stderr } = await runKit('data', 'stats', published, '--quiet');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`kit: ${file}: was changed: its checksum is not the one of the manifest\n`);
  });
});
