import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../../../src/training/checkpoint.ts';
import { kitRoot } from '../../../../src/kitPackage.ts';
import type { RunList } from '../../../../src/pageApi.ts';
import { spawnFaulty } from '../../../helpers/faults.ts';
import { runKit } from '../../../helpers/kit.ts';

const DEMO = path.join(kitRoot, 'results', 'demo');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'play-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('kit play', () => {
  it('writes the page with the models that it lists, the named one first', async () => {
    const site = path.join(folder, 'site');
    const { code, stdout } = await runKit('play', DEMO, '--export', site);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${site}: the page, with 1 model\n` });
    const page = readFileSync(path.join(site, 'index.html'), 'utf8');
    expect(page).toContain('http-equiv="Content-Security-Policy"');
    // Below whatever folder of a host it comes to lie.
    expect(page).not.toMatch(/(src|href)="\//);
    const list = readFileSync(path.join(site, 'api', 'runs.json'), 'utf8');
    const { runs } = JSON.parse(list) as RunList;
    expect(runs).toMatchObject([{ name: 'demo', environment: 'maze', width: 5, height: 5 }]);
    const weights = path.join(site, 'api', 'runs', `${runs[0]!.id}.safetensors`);
    expect(readCheckpoint(weights).optimizer).toBeNull();
  });

  it('leaves no half of a site where the disk is full', async () => {
    const cwd = mkdtempSync(path.join(folder, 'full-disk-'));
    const faults = { cwd, folder: '.', room: 200_000 };
    const { code, stderr } = await spawnFaulty(['play', DEMO, '--export', 'site', '-q'], faults);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kit: .*can't be written: the disk is full\n$/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('writes over nothing', async () => {
    const full = mkdtempSync(path.join(folder, 'full-'));
    writeFileSync(path.join(full, 'mine.txt'), '');
    const { code, stderr } = await runKit('play', DEMO, '--export', full);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `kit: --export: ${full} is not empty\n` });
    expect(readdirSync(full)).toEqual(['mine.txt']);
  });

  it.each([
    [['/nowhere'], 1, '/nowhere: no such folder'],
    [[path.join(kitRoot, 'docs')], 1, 'holds no run'],
    [
      [path.join(kitRoot, 'results', 'dualformer-mazes', 'dualformer-s1')],
      1,
      'holds no checkpoint',
    ],
    [['--port', '65536'], 1, '--port must be at most 65535'],
    [['--port', 'x'], 2, '--port must be a whole number'],
  ])('refuses %j', async (argv, code, message) => {
    const outcome = await runKit('play', ...argv);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toContain(message);
  });
});
