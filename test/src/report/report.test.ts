import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCourse, readRun } from '../../../src/report/run.ts';
import { writeReport } from '../../../src/report/report.ts';
import { expectInputError } from '../../helpers/inputErrors.ts';
import { logLine, writeRun } from '../../helpers/runs.ts';

let folder: string;
let run: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'report-'));
  run = writeRun(path.join(folder, 'small'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (...parts: string[]) => readFileSync(path.join(folder, ...parts), 'utf8');

describe('the report of one run', () => {
  it('consists of the files that it names, all of which it shows', () => {
    const { file, files } = writeReport([run], path.join(run, 'report'));
    expect(file).toBe(path.join(run, 'report', 'report.md'));
    const names = files.map((name) => path.basename(name)).sort();
    expect(readdirSync(path.join(run, 'report')).sort()).toEqual(names);
    expect(names).toEqual([
      'boards.svg',
      'loss.svg',
      'planLengths.svg',
      'rates.svg',
      'report.html',
      'report.md',
      'results.csv',
      'tables.md',
      'traceLengths.svg',
      'walls.svg',
    ]);
    const text = read('small', 'report', 'report.md');
    const shown = [...text.matchAll(/\]\(([\w.]+)\)/g)].map((match) => String(match[1]));
    expect(shown.sort()).toEqual(names.filter((name) => name.endsWith('.svg')));
  });

  it('is the same bytes each time', () => {
    const bytes = () => readdirSync(path.join(folder, 'twice')).map((name) => read('twice', name));
    writeReport([run], path.join(folder, 'twice'));
    const once = bytes();
    writeReport([run], path.join(folder, 'twice'));
    expect(bytes()).toEqual(once);
  });

  it('draws the solved tasks with path and lengths, then the first that was failed', () => {
    writeReport([run], path.join(run, 'report'));
    // The search creates and closes (0,0), creates (0,1) and (1,0), closes (0,1), creates and
    // closes (0,2): 7 clauses, 35 tokens.
    expect(read('small', 'report', 'report.md')).toContain(
      [
        'Task 0',
        '',
        '```text',
        'shortest plan 3 positions, A* trace 35 tokens',
        '',
        'slow       fast       auto',
        'plan 3     plan 3     plan 3',
        'trace 35   no trace   trace 35',
        '',
        'S..        S..        S..',
        '*##        *##        *##',
        'G..        G..        G..',
        '```',
      ].join('\n'),
    );
    const drawn = read('small', 'report', 'report.md').match(/^Task \d$/gm);
    expect(drawn).toEqual(['Task 0', 'Task 1', 'Task 2']);
  });

  it('states setting, caveats, notes, deviations and the command', () => {
    writeReport([run], path.join(run, 'report'));
    const text = read('small', 'report', 'report.md');
    expect(text).toMatch(/^# small\n\nA model of 3×3 mazes\.\n/);
    expect(text).toMatch(/\| tasks +\| maze 3×3, 30 % to 50 % walls/);
    expect(text).toMatch(/\| training done +\| 200 steps, 0\.3 minutes, 30,000 tokens\/s/);
    expect(text).toMatch(/\| backend +\| tensorflow 2\.21\.0, 2 threads, Node v20\.20\.2/);
    expect(text).toContain('± is one standard error over tasks. There is one run');
    expect(text).toContain('- Made by hand.');
    expect(text).toContain('Padding is masked');
    expect(text).toContain('npx kit run small/experiment.json --out runs/small-again');
  });

  it('gives rates as the records have them', () => {
    const { results } = writeReport([run], path.join(run, 'report'));
    expect(results.map(({ mode }) => mode)).toEqual(['slow', 'fast', 'auto']);
    for (const { metrics } of results) expect(metrics.optimalRate?.value).toBeCloseTo(2 / 3, 12);
    expect(read('small', 'report', 'results.csv').split('\n').slice(0, 2)).toEqual([
      'experiment,mode,decoding,samples,runs,metric,value,standard_error,n',
      'small,slow,greedy,1,1,solvedRate,0.6666666666666666,0.3333333333333333,3',
    ]);
  });
});

describe('reports of other runs', () => {
  it('runs that differ in their seed only, or in words, are one row with an error over runs', () => {
    const runs = [1, 2, 3].map((seed) =>
      writeRun(path.join(folder, `seed${seed}`), {
        seed,
        failed: seed === 3 ? [] : [2],
        experiment: { notes: `Written at the time of run ${seed}.` },
      }),
    );
    const { results } = writeReport(runs, path.join(folder, 'seeds'));
    expect(results).toHaveLength(3);
    // 2/3, 2/3, 1: mean 7/9, deviation √3/9, over √3
    expect(results[0]?.metrics.optimalRate).toEqual({
      value: expect.closeTo(7 / 9, 12),
      standardError: expect.closeTo(1 / 9, 12),
      n: 3,
    });
    expect(read('seeds', 'report.md')).toContain('over runs that differ only in their seed');
    expect(read('seeds', 'tables.md')).toMatch(/\| 3 +\| slow \| greedy +\| 77\.8 ± 11\.1 \|/);
  });

  it('runs of several experiments stand side by side, told apart by folder if by nothing else', () => {
    const other = writeRun(path.join(folder, 'other'), { experiment: { model: 's' } });
    const third = writeRun(path.join(folder, 'third'), { name: 'third', modes: ['fast'] });
    const { results } = writeReport([run, other, third], path.join(folder, 'several'));
    expect([...new Set(results.map(({ experiment }) => experiment))]).toEqual([
      'small (small)',
      'small (other)',
      'third',
    ]);
    expect(results).toHaveLength(7);
  });

  it('a run that was not evaluated shows its training and says so', () => {
    const bare = writeRun(path.join(folder, 'bare'), { modes: [] });
    writeReport([bare], path.join(bare, 'report'));
    const text = read('bare', 'report', 'report.md');
    expect(text).toContain('No evaluation has been made yet.');
    expect(text).toContain('](loss.svg)');
    expect(text).not.toContain('## Plans');
  });

  it('a model that solves nothing gets a report too', () => {
    const poor = writeRun(path.join(folder, 'poor'), { failed: [0, 1, 2] });
    const { results } = writeReport([poor], path.join(poor, 'report'));
    expect(results[0]?.metrics.optimalRate?.value).toBe(0);
    expect(read('poor', 'report', 'report.md')).toContain('rule of three');
  });
});

describe('every figure', () => {
  it('is well-formed, standalone SVG with a title and labelled axes', () => {
    writeReport([run], path.join(run, 'report'));
    const labels: Record<string, RegExp[]> = {
      'rates.svg': [/responses \(%\)/, /slow/, /fast/, /auto/, /95 % interval/],
      'traceLengths.svg': [/trace length \(tokens\)/, /responses \(%\)/, /A\*/],
      'planLengths.svg': [/positions of the shortest plan/, /optimal \(%\)/],
      'walls.svg': [/cells that are walls \(%\)/, /optimal \(%\)/],
      'loss.svg': [/training step/, /loss \(nats per token\)/, /validation/],
      'boards.svg': [/plan 3/, /trace 35/, /no trace/],
    };
    const { DOMParser } = new JSDOM('').window;
    for (const [name, patterns] of Object.entries(labels)) {
      const source = read('small', 'report', name);
      const parsed = new DOMParser().parseFromString(source, 'image/svg+xml');
      expect(parsed.querySelector('parsererror')).toBeNull();
      const svg = parsed.documentElement;
      expect(svg.namespaceURI).toBe('http://www.w3.org/2000/svg');
      expect(svg.querySelector('title')?.textContent).not.toBe('');
      for (const pattern of patterns) expect(svg.textContent).toMatch(pattern);
      expect(source).not.toMatch(/NaN|undefined|Infinity|href/);
    }
  });
});

describe('a damaged run', () => {
  const damaged = (name: string, damage: (folder: string) => void) => {
    const copy = writeRun(path.join(folder, name));
    damage(copy);
    return () => writeReport([copy], path.join(copy, 'report'));
  };

  it('is refused with file, line and field, and nothing is written', () => {
    const settings = path.join('evaluation', 'slow-greedy', 'settings.json');
    const records = path.join('evaluation', 'slow-greedy', 'records.jsonl.gz');
    const cases: [string, (copy: string) => void, RegExp][] = [
      [
        'a',
        (copy) => writeFileSync(path.join(copy, 'experiment.json'), '{"name":"a"}'),
        /experiment\.json: seed: /,
      ],
      [
        'b',
        (copy) => writeFileSync(path.join(copy, 'experiment.json'), '{'),
        /experiment\.json: line 1, column 2: not valid JSON/,
      ],
      [
        'c',
        (copy) => appendFileSync(path.join(copy, 'metrics.jsonl'), 'x\n'),
        /metrics\.jsonl, line 7: not valid JSON/,
      ],
      ['d', (copy) => logLine(copy, { step: 1 }), /metrics\.jsonl, line 7: loss: /],
      [
        'e',
        (copy) => writeFileSync(path.join(copy, settings), '{"schema":2}'),
        /settings\.json: schema: /,
      ],
      ['f', (copy) => rmSync(path.join(copy, records)), /records\.jsonl\.gz: no such file/],
      [
        'g',
        (copy) =>
          writeFileSync(
            path.join(copy, records),
            readFileSync(path.join(run, 'evaluation', 'fast-greedy', 'records.jsonl.gz')),
          ),
        /records\.jsonl\.gz: does not match the checksum/,
      ],
    ];
    for (const [name, damage, message] of cases) {
      expectInputError(damaged(name, damage), message);
      expect(readdirSync(path.join(folder, name))).not.toContain('report');
    }
  });

  it('or no run at all is refused by name', () => {
    expectInputError(
      () => writeReport([path.join(folder, 'none')], folder),
      /none: no such folder/,
    );
    expectInputError(() => writeReport([tmpdir()], folder), /holds no run/);
    expectInputError(() => writeReport([], folder), /no run to report/);
  });

  it('a last line of metrics that a kill cut off is passed over, a repeated step replaced', () => {
    const copy = writeRun(path.join(folder, 'cut'));
    logLine(copy, { step: 200, loss: 0.25 });
    appendFileSync(path.join(copy, 'metrics.jsonl'), '{"step":250,"lo');
    expect(readRun(copy).training.map(({ loss }) => loss)).toEqual([3, 2, 1 + 100 / 150, 0.25]);
  });
});

describe('tokens of a training', () => {
  const course = (lines: readonly object[]) => {
    const file = path.join(folder, 'course.jsonl');
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return readCourse(file);
  };

  it('are those counted, or follow from the speed where a validation takes time of its own', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            steps: fc.integer({ min: 1, max: 9 }),
            validated: fc.option(fc.integer({ min: 0, max: 90 })),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 40 }),
        (windows, perStep, stepsPerSecond) => {
          let [step, seconds] = [0, 0];
          const lines = windows.flatMap(({ steps, validated }) => {
            step += steps;
            seconds += steps / stepsPerSecond;
            const tokensPerSecond = perStep * stepsPerSecond;
            const tokens = steps * perStep;
            const line = { step, loss: 1, tokens, tokensPerSecond, seconds };
            seconds += validated ?? 0;
            return validated === null ? [line] : [line, { step, validationLoss: 1 }];
          });
          expect(course(lines).tokens).toBeCloseTo(step * perStep, 6);
          const uncounted = lines.map((line) => ({ ...line, tokens: undefined }));
          expect(course(uncounted).tokens).toBeCloseTo(step * perStep, 6);
        },
      ),
    );
  });

  it('are counted exactly, whatever the speeds say', () => {
    const speed = { tokensPerSecond: 1, seconds: 1 };
    const lines = [
      { step: 4, loss: 2, tokens: 100, ...speed },
      { step: 4, validationLoss: 2 },
      { step: 6, loss: 1, tokens: 31, ...speed },
    ];
    expect(course(lines).tokens).toBe(131);
    expect(course([]).tokens).toBeNull();
    expect(course([{ step: 4, loss: 2 }]).tokens).toBeNull();
  });
});
