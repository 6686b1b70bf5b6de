import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { playApi, type Api } from '../../../../src/cli/play/api.ts';
import { startServer } from '../../../../src/cli/play/server.ts';
import { exportSite } from '../../../../src/cli/play/site.ts';
import { runFiles } from '../../../../src/cli/play/siteRuns.ts';
import { findRuns } from '../../../../src/cli/play/runs.ts';
import { readEvaluation } from '../../../../src/evaluation/evaluation.ts';
import { kitRoot } from '../../../../src/kitPackage.ts';
import { acquireLock } from '../../../../src/lock.ts';
import type { RolloutTable, RunDetails, RunList, TaskRollouts } from '../../../../src/pageApi.ts';
import {
  detailsPath,
  RUNS_PATH,
  tablePath,
  taskPath,
  weightsPath,
} from '../../../../src/pageApi.ts';
import { logLine, writeWholeRun, type RunOptions } from '../../../helpers/runs.ts';

let folder: string;
let api: Api;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'play-runs-'));
  api = playApi({ run: null, folders: [path.join(folder, 'runs')] });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @param name below the folder of runs */
const makeRun = (name: string, options?: RunOptions): string =>
  writeWholeRun(path.join(folder, 'runs', name), options);

const list = () => (api.record(RUNS_PATH) as RunList).runs;
const only = () => list()[0]!;
const details = () => api.record(detailsPath(only().id)) as RunDetails;
const evaluationId = (label = 'greedy', mode = 'slow') =>
  details().evaluations.find((one) => one.label === label && one.mode === mode)!.id;
const records = (own: string, name = 'slow-greedy') =>
  path.join(own, 'evaluation', name, 'records.jsonl.gz');

describe('what the page is told of runs', () => {
  it('lists those with records alone too, by study, and nothing of where they lie', () => {
    makeRun('alone');
    makeRun('study/cell-s1');
    expect(list()).toMatchObject([
      { name: 'alone', study: null, plans: false, evaluations: 3 },
      { name: 'cell-s1', folder: 'cell-s1', study: 'study', plans: false },
    ]);
    expect(only().progress).toEqual({ step: 200, steps: 200, trains: false });
    const said = [
      api.record(RUNS_PATH),
      details(),
      api.record(tablePath(only().id, evaluationId())),
    ];
    expect(JSON.stringify(said)).not.toContain(folder);
  });

  it('holds the course of the training', () => {
    makeRun('one');
    const { training, validation, chosen, problems } = details();
    expect(training).toEqual([
      { step: 50, loss: 3 },
      { step: 100, loss: 2 },
      { step: 150, loss: 1 + 100 / 150 },
      { step: 200, loss: 1.5 },
    ]);
    expect(validation).toEqual([
      { step: 100, loss: 2.5 },
      { step: 200, loss: 2 },
    ]);
    expect([chosen, problems]).toEqual([200, []]);
  });

  it('tells whether a run trains, and how far it is', () => {
    const own = makeRun('one');
    const log = path.join(own, 'metrics.jsonl');
    const lines = readFileSync(log, 'utf8').split('\n');
    writeFileSync(log, `${lines.slice(0, 2).join('\n')}\n`);
    expect(only().progress).toEqual({ step: 100, steps: 200, trains: false });
    const release = acquireLock(own);
    expect(only().progress.trains).toBe(true);
    // As a process leaves it that is writing.
    appendFileSync(log, '{"step":150,"lo');
    expect(details().progress).toEqual({ step: 100, steps: 200, trains: true });
    release();
    writeFileSync(path.join(own, '.lock-another_machine-12-34'), '');
    expect(only().progress.trains).toBeNull();
    rmSync(log);
    expect(details()).toMatchObject({ progress: { step: 0 }, training: [], problems: [] });
  });

  it('marks the best of the checkpoints that are kept', () => {
    const own = makeRun('one');
    const checkpoints = path.join(own, 'checkpoints');
    mkdirSync(checkpoints);
    for (const step of ['00000100', '00000200']) {
      writeFileSync(path.join(checkpoints, `step-${step}.safetensors`), '');
    }
    logLine(own, { step: 100, validationLoss: 0.1 });
    expect(details().chosen).toBe(100);
    expect(only().plans).toBe(true);
  });

  it('sends responses as they are recorded', () => {
    const own = makeRun('one');
    const table = api.record(tablePath(only().id, evaluationId())) as RolloutTable;
    expect(table).toMatchObject({ tasks: 3, samples: 1, ids: [0, 1, 2], rollouts: null });
    expect(table.outcomes.indices.map((i) => table.outcomes.values[i])).toEqual([
      'optimal',
      'optimal',
      'malformed',
    ]);
    expect(table.planLengths).toEqual([3, 5, null]);
    const task = api.record(taskPath(only().id, evaluationId(), 1)) as TaskRollouts;
    const record = readEvaluation(own, 'slow-greedy').records[1]!;
    expect(task).toMatchObject({ width: 3, height: 3, optimalLength: 5, forced: null });
    expect(task.prompt).toEqual([...record.prompt]);
    expect(task.tokens).toEqual(record.samples.map(({ tokens }) => [...tokens]));
  });

  it('reads an evaluation anew once it was made again', () => {
    makeRun('one');
    const read = () => api.record(tablePath(only().id, evaluationId())) as RolloutTable;
    expect(read().planLengths).toEqual([3, 5, null]);
    makeRun('one', { failed: [0] });
    expect(read().planLengths).toEqual([null, 5, 7]);
  });
});

describe('damage', () => {
  it.each<[string, (own: string) => void, RegExp]>([
    ['records that are cut off', (own) => writeFileSync(records(own), 'x'), /records.*damaged/],
    [
      'records that were changed',
      (own) => cpSync(records(own, 'fast-greedy'), records(own)),
      /records.*does not match the checksum/,
    ],
    ['records that are gone', (own) => rmSync(records(own)), /records.*no such file/],
  ])('of %s is a line that names the file within the run', (_, damage, message) => {
    const own = makeRun('one');
    makeRun('two');
    const id = evaluationId();
    damage(own);
    expect(() => api.record(tablePath(only().id, id))).toThrow(message);
    expect(() => api.record(taskPath(only().id, id, 0))).toThrow(/^evaluation\/slow-greedy\//);
    expect(list()).toHaveLength(2);
    expect(details().evaluations).toHaveLength(3);
  });

  it('of a log or of settings is told beside what is sound', () => {
    const own = makeRun('one');
    appendFileSync(path.join(own, 'metrics.jsonl'), 'nonsense\n');
    writeFileSync(path.join(own, 'evaluation', 'fast-greedy', 'settings.json'), '{}');
    const { problems, evaluations, training } = details();
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^metrics\.jsonl, line 7: not valid JSON/);
    expect(problems[1]).toMatch(/^evaluation\/fast-greedy\/settings\.json: schema/);
    expect(evaluations.map(({ mode }) => mode)).toEqual(['slow', 'auto']);
    expect(training).toEqual([]);
  });

  it('of one run hides no other', () => {
    for (const name of ['a', 'b', 'c', 'd']) makeRun(name);
    const at = (name: string, file: string) => path.join(folder, 'runs', name, file);
    writeFileSync(at('a', 'experiment.json'), '{');
    rmSync(at('b', 'evaluation'), { recursive: true });
    writeFileSync(at('b', 'evaluation'), 'a file where a folder should be');
    rmSync(at('c', 'experiment.json'));
    mkdirSync(at('c', 'experiment.json'));
    expect(list().map(({ name }) => name)).toEqual(['d']);
  });

  it('by links that lead elsewhere is told and nothing of what lies there', () => {
    const own = makeRun('one');
    const secret = path.join(folder, 'secret.jsonl');
    writeFileSync(secret, '{"step":1,"loss":42}\n');
    const evaluation = path.join(own, 'evaluation', 'slow-greedy');
    const elsewhere = path.join(folder, 'elsewhere');
    cpSync(evaluation, elsewhere, { recursive: true });
    const id = evaluationId();
    rmSync(evaluation, { recursive: true });
    symlinkSync(elsewhere, evaluation);
    expect(details().problems).toEqual([
      'evaluation/slow-greedy/settings.json: leads out of the run',
    ]);
    expect(() => api.record(tablePath(only().id, id))).toThrow('leads out of the run');
    rmSync(path.join(own, 'metrics.jsonl'));
    symlinkSync(secret, path.join(own, 'metrics.jsonl'));
    expect(list()).toEqual([]);
  });
});

describe('hostile requests', () => {
  it('find nothing, whatever is put into an address', async () => {
    makeRun('one');
    const [run, evaluation] = [only().id, evaluationId()];
    const texts =
      'api runs 0 -1 1e3 99 .. . %2e \0 slow-greedy constructor .json .safetensors'.split(' ');
    const piece = fc.constantFrom(run, evaluation, '', '9'.repeat(30), ...texts);
    const pieces = fc.array(piece, { maxLength: 7 }).map((parts) => parts.join('/'));
    const known = new Set([detailsPath(run), tablePath(run, evaluation), RUNS_PATH]);
    fc.assert(
      fc.property(pieces, fc.constantFrom('', '.json', '.safetensors'), (name, ending) => {
        const asked = `api/runs/${name}${ending}`;
        const task = taskPath(run, evaluation, 0);
        if (known.has(asked) || asked === task) return;
        expect(api.record(asked)).toBeNull();
      }),
    );
    expect(api.record(taskPath(run, evaluation, 3))).toBeNull();
    expect(api.record(weightsPath(run))).toBeNull();
    expect(await api.weights(weightsPath(run))).toBeNull();
  });

  it('are refused with a status: unknown, too long, damaged', async () => {
    const own = makeRun('one');
    const [run, evaluation] = [only().id, evaluationId()];
    writeFileSync(records(own), 'x');
    const places = { run: null, folders: [path.join(folder, 'runs')] };
    const server = await startServer({ files: new Map(), places }, 0);
    const get = async (name: string) => {
      const response = await fetch(server.url + name);
      return { status: response.status, text: await response.text() };
    };
    try {
      expect((await get(detailsPath(run))).status).toBe(200);
      expect((await get(`api/runs/${run}/${'0'.repeat(16)}.json`)).status).toBe(404);
      expect((await get(`api/runs.json?${'x'.repeat(2000)}`)).status).toBe(414);
      const { status, text } = await get(tablePath(run, evaluation));
      expect(status).toBe(500);
      expect(text).toMatch(/^evaluation\/slow-greedy\/records\.jsonl\.gz: .*\n$/);
    } finally {
      await server.close();
    }
  });
});

describe('a site', () => {
  const demo = path.join(kitRoot, 'results', 'demo');

  it('holds the course of its runs and their responses, and no run without weights', async () => {
    makeRun('one');
    const site = path.join(folder, 'site');
    const places = { run: demo, folders: [path.join(folder, 'runs')] };
    const runs = await exportSite(site, { files: new Map(), places });
    expect(runs.map(({ summary }) => summary.name)).toEqual(['demo']);
    const read = (name: string) =>
      JSON.parse(readFileSync(path.join(site, name), 'utf8')) as object;
    const { id } = runs[0]!.summary;
    expect(read(RUNS_PATH)).toMatchObject({ live: false, runs: [{ id }] });
    const { evaluations, leftOut } = read(detailsPath(id)) as RunDetails;
    expect([evaluations.length, leftOut]).toEqual([3, 0]);
    const table = read(tablePath(id, evaluations[0]!.id)) as RolloutTable;
    expect(table.rollouts).toHaveLength(table.ids.length);
  });

  it('has no more responses than there is room for, and counts what it leaves out', () => {
    const runs = findRuns({ run: demo, folders: [] });
    for (const room of [0, 1000, 50_000]) {
      const files = new Map(runFiles(runs, room));
      const tables = [...files.values()].filter((one): one is RolloutTable => 'rollouts' in one);
      const held = tables.flatMap(({ rollouts }) => rollouts);
      expect(JSON.stringify(held).length).toBeLessThanOrEqual(room + held.length + 2);
      const { evaluations, leftOut } = files.get(detailsPath(runs[0]!.summary.id)) as RunDetails;
      expect(evaluations).toHaveLength(tables.length);
      expect(leftOut).toBe(3 - tables.length);
    }
  });
});
