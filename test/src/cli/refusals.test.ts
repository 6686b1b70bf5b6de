/** What can be seen to be wrong by its name or a setting is refused before anything heavy is loaded. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXPORTED_MODEL } from '../../../src/training/runModel.ts';
import { spawnKit, temporaryFolder } from '../../helpers/kit.ts';
import { TELLING_LOADS } from '../../helpers/loads.ts';
import { writeRun } from '../../helpers/runs.ts';
import { writeStudy } from '../../helpers/studies.ts';

/** Takes a second and more of a processor to load. */
const HEAVY = /^loads (@tensorflow|apache-arrow|parquet-wasm|@observablehq\/plot|jsdom|vite)\b.*$/m;

const folder = temporaryFolder();
const task = { environment: 'maze', width: 3, height: 3 };
const MINE = { name: 'mine', data: { task } };

beforeAll(() => {
  mkdirSync(path.join(folder, 'empty'));
  const run = writeRun(path.join(folder, 'run'), { experiment: MINE });
  writeRun(path.join(folder, 'records'), { experiment: MINE });
  writeFileSync(path.join(run, EXPORTED_MODEL), '');
  writeStudy(path.join(folder, 'study'));
  const study = { name: 'bad', base: { data: { task } }, cells: { a: { training: { stepz: 1 } } } };
  writeFileSync(path.join(folder, 'bad.json'), JSON.stringify(study));
  writeFileSync(path.join(folder, 'list.json'), '[]');
});

describe('a wrong call is refused before anything heavy is loaded:', () => {
  it.each([
    ['run nowhere', 'there is no experiment "nowhere"'],
    ['run demo --set training.steps=abc', '--set training.steps: '],
    ['run demo --out empty --data nowhere', 'nowhere: no such folder'],
    ['train nowhere --out x', 'there is no experiment "nowhere"'],
    ['train demo --out x --set training.stepz=1', '--set training.stepz: '],
    ['train demo --out study', 'study: is not empty'],
    ['train demo --out x --data nowhere', 'nowhere: no such folder'],
    ['sweep nowhere', 'there is no study "nowhere"'],
    ['sweep nowhere.json', 'nowhere.json: no such file'],
    ['sweep bad.json', 'bad.json: cells.a.training.stepz: '],
    ['sweep demo-baselines --only nowhere', '--only: '],
    ['plan nowhere', 'there is no experiment or study "nowhere"'],
    ['plan bad.json', 'bad.json: cells.a.training.stepz: '],
    ['eval nowhere', 'nowhere: no such folder'],
    ['eval empty', 'empty: holds no run'],
    ['eval records', 'records holds records without the weights'],
    ['eval run --data nowhere', 'nowhere: no such folder'],
    ['eval run --evaluations list.json', 'list.json: must list one evaluation or more'],
    ['eval run --greedy --samples 3', '--greedy gives one response'],
    ['bootstrap nowhere', 'nowhere: no such folder'],
    ['bootstrap run --tasks 1e7', '--tasks: must be at most 1000'],
    ['bootstrap run --data nowhere', 'nowhere: no such folder'],
    ['solve nowhere maze.txt', 'nowhere: no such folder'],
    ['solve run nowhere.txt', 'nowhere.txt: no such file'],
    ['play nowhere', 'nowhere: no such folder'],
    ['play empty', 'empty: holds no run'],
    ['report nowhere', 'nowhere: no such folder'],
    ['report run nowhere', 'nowhere: no such folder'],
    ['compare nowhere', 'nowhere: no such folder'],
    ['compare run --evaluation zzz', '--evaluation: there is no "zzz"'],
    ['export nowhere --out x', 'nowhere: no such folder'],
    ['export empty --out x', 'empty: holds no run'],
    ['show nowhere', 'nowhere: no such folder'],
    ['data stats nowhere', 'nowhere: no such folder'],
    ['data stast empty', 'data: there is no "stast"'],
    ['gen-mazes --size 3 --count 1e15', '--count must be at most'],
  ])('kit %s', async (line, complaint) => {
    const { code, stdout, stderr } = await spawnKit(line.split(' '), {
      cwd: folder,
      node: TELLING_LOADS,
    });
    const said = stderr.split('\n').filter((each) => each !== '' && !each.startsWith('loads '));
    expect(stdout).toBe('');
    expect([1, 2]).toContain(code);
    expect(said[0]).toContain(`kit: ${complaint}`);
    expect(stderr).toContain('loads yargs');
    expect(HEAVY.exec(stderr)?.[0]).toBeUndefined();
  });
});
