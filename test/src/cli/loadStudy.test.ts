import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { studies } from '../../../experiments/studies/index.ts';
import { loadExperiment } from '../../../src/cli/loadExperiment.ts';
import { checkStudy, chooseCells, loadStudy } from '../../../src/cli/loadStudy.ts';
import { workOf } from '../../../src/cli/sweep/work.ts';
import { kitRoot } from '../../../src/kitPackage.ts';
import { expectInputError } from '../../helpers/inputErrors.ts';
import { temporaryFolder } from '../../helpers/kit.ts';

const task = { environment: 'maze', width: 4, height: 4 };
const MINE = {
  name: 'mine',
  base: { data: { task, trainCount: 40 } },
  cells: { plain: {}, few: { training: { examples: 10 } } },
  seeds: [1, 2],
};
const check = (changes: object) => checkStudy({ ...MINE, ...changes }, 'mine.json');
const folders = { out: 'runs/mine', results: 'results/mine' };

const PROBE = {
  label: 'probe',
  tasks: 8,
  samples: 1,
  temperature: 0,
  corrupt: ['swap', 'blocked'],
};

describe('a shipped study', () => {
  it.each(Object.keys(studies))('%s loads under its own name, with a question', async (name) => {
    const { study, cells } = await loadStudy(name);
    expect(study.name).toBe(name);
    expect(study.question).toMatch(/^\S.{10,}\?$/);
    for (const cell of cells) workOf(cell, study, folders);
  });
});

it('names the command that runs what is of the other kind', async () => {
  await expect(loadStudy('demo')).rejects.toThrow(
    /^"demo" is an experiment, not a study: `kit run demo` runs it$/,
  );
  await expect(loadExperiment('data-curve')).rejects.toThrow(
    /^"data-curve" is a study, not an experiment: `kit sweep data-curve` runs it$/,
  );
});

describe('a study of one’s own', () => {
  it('as the README has it is one that can be run', () => {
    const readme = readFileSync(path.join(kitRoot, 'README.md'), 'utf8');
    const [, text] = /```json\n(\{[^`]*"cells"[^`]*)```/.exec(readme)!;
    const { study, cells } = checkStudy(JSON.parse(text!), 'README.md');
    const names = cells.map((cell) => workOf(cell, study, folders).evaluations.map((e) => e.name));
    expect(names).toHaveLength(9);
    expect(names[2]).toEqual(['fast-greedy', 'fast-n64-t1-sampled', 'fast-greedy-open']);
  });

  it('is read from JSON, each cell with its seed', async () => {
    const file = path.join(temporaryFolder(), 'mine.json');
    writeFileSync(file, JSON.stringify(MINE));
    const { cells } = await loadStudy(file);
    expect(cells.map(({ experiment }) => [experiment.name, experiment.seed])).toEqual([
      ['mine-plain-s1', 1],
      ['mine-few-s1', 1],
      ['mine-plain-s2', 2],
      ['mine-few-s2', 2],
    ]);
    expect(cells.map(({ experiment }) => experiment.training.examples)).toEqual([
      undefined,
      10,
      undefined,
      10,
    ]);
  });

  it.each([
    [
      { evaluations: [{ label: 'a', tasks: 2, samples: 1, temperature: 0, topK: 3 }] },
      /^mine.json: evaluations\[0\].topK: needs a temperature above 0; it is 3$/,
    ],
    [{ cells: {} }, /^mine.json: cells: expected one cell or more/],
    [
      { cells: { 'a b': {} } },
      /^mine.json: cells\["a b"\]: must be letters, .* only, and begin with a letter or digit$/,
    ],
    [{ cells: { '../x': {} } }, /^mine.json: cells\["..\/x"\]: must be letters, /],
    [
      { cells: { ['x'.repeat(81)]: {} } },
      /^mine.json: cells.x{81}: must be at most 80 characters$/,
    ],
    [{ cells: { '.x': {} } }, /^mine.json: cells\[".x"\]: must be letters, /],
    [
      { cells: JSON.parse('{"a":{},"__proto__":{}}') },
      /^mine.json: cells.__proto__: nothing can be called so$/,
    ],
    [
      { cells: { a: { training: JSON.parse('{"__proto__":{"steps":1}}') } } },
      /^mine.json: cells.a.training.__proto__: nothing can be called so$/,
    ],
    [
      { beside: JSON.parse('{"__proto__":["a"]}') },
      /^mine.json: beside.__proto__: nothing can be called so$/,
    ],
    [
      { cells: { a: { training: { constructor: 1 } } } },
      /^mine.json: cells.a.training.constructor: there is no such setting/,
    ],
    [
      { base: { ...MINE.base, toString: 1 } },
      /^mine.json: base.toString: there is no such setting/,
    ],
    [
      { evaluations: [{ label: 'a', tasks: 1, samples: 1, temperature: 0, data: { foo: 1 } }] },
      /^mine.json: evaluations\[0\].data.foo: there is no such setting$/,
    ],
    [
      {
        evaluations: [
          { label: 'a', tasks: 1, samples: 1, temperature: 0, data: { task: { wals: 1 } } },
        ],
      },
      /^mine.json: evaluations\[0\].data.task.wals: there is no such setting; did you mean task.walls\?$/,
    ],
    [
      {
        evaluations: [
          { label: 'a', tasks: 1, samples: 1, temperature: 0, data: { task: { width: 1 } } },
        ],
      },
      /^mine.json: evaluations\[0\].data.task.width: must be at least 2, not 1$/,
    ],
    [
      {
        evaluations: [
          { label: 'a', tasks: 1, samples: 1, temperature: 0, modes: ['slow', 'slow'] },
        ],
      },
      /^mine.json: evaluations\[0\].modes: a mode is given twice; it is /,
    ],
    [{ cellz: {} }, /^mine.json: cellz: there is no such setting; did you mean cells\?$/],
    [{ seeds: [1, 1] }, /^mine.json: seeds: a seed is given twice/],
    [{ seeds: [] }, /^mine.json: seeds: /],
    [{ base: {} }, /^mine.json: base.data: is missing/],
    [
      { cells: { a: { training: { step: 1 } } } },
      /^mine.json: cells.a.training.step: there is no such setting; did you mean training.steps\?$/,
    ],
    [
      { base: { ...MINE.base, training: { steps: 0 } } },
      /^mine.json: base.training.steps: must be at least 1, not 0$/,
    ],
    [
      { cells: { a: { seed: 1 } } },
      /^mine.json: cells.a.seed: the study gives each cell its seed$/,
    ],
    [{ base: { ...MINE.base, name: 'x' } }, /^mine.json: base.name: the study gives/],
    [
      { cells: { a: { training: { examples: 41 } } } },
      /^mine.json: cells.a.training.examples: 41, but data.trainCount is 40$/,
    ],
    [
      { evaluations: ['a', 'a'].map((label) => ({ label, tasks: 1, samples: 1, temperature: 0 })) },
      /^mine.json: evaluations: two evaluations have the same label/,
    ],
    [{ evaluations: [{ label: 'a' }] }, /^mine.json: evaluations\[0\].tasks: is missing/],
    [{ evaluations: [{ ...PROBE, corrupt: ['wall'] }] }, /^mine.json: evaluations\[0\].corrupt/],
  ])('is refused with a line that names the field: %j', (changes, message) => {
    expectInputError(() => check(changes), message);
  });

  it.each([
    [{ samples: 2 }, 'samples: must be 1'],
    [{ temperature: 1 }, 'temperature: must be 0'],
    [{ topK: 5 }, 'topK: must be left out'],
    [{ modes: ['slow', 'auto'] }, 'modes: must be \\["slow"\\]'],
  ])(
    'is refused if it would corrupt traces of other than greedy slow responses: %j',
    (changes, message) => {
      expectInputError(
        () => check({ evaluations: [{ ...PROBE, ...changes }] }),
        new RegExp(`^mine.json: evaluations\\[0\\].${message} where traces are corrupted; it is `),
      );
    },
  );

  const CLAIM = {
    text: 'more tasks help',
    metric: 'optimalRate',
    of: { cell: 'plain', mode: 'slow' },
    to: { cell: 'few', mode: 'slow' },
    expect: 'more',
  };
  const sampled = { label: 'sampled', tasks: 1, samples: 1, temperature: 0 };

  it('may claim what it measures, of its cells and of those beside it', () => {
    const beside = { other: ['large'] };
    const of = { study: 'other', cell: 'large', mode: 'fast' };
    const claims = [CLAIM, { ...CLAIM, of }, { ...CLAIM, evaluation: 'sampled' }];
    const { study } = check({ claims, beside, evaluations: [sampled] });
    expect(study.claims).toEqual(claims);
    expect(study.beside).toEqual(beside);
  });

  it.each([
    [{ metric: 'optimalrate' }, /metric: /],
    [{ expect: 'between' }, /expect: /],
    [{ text: ' ' }, /text: /],
    [{ evidence: 1 }, /claims\[1\]\.evidence: there is no such setting$/],
    [{ metrik: 1 }, /metrik: there is no such setting; did you mean claims\[1\]\.metric\?$/],
    [
      { of: { cell: 'plane', mode: 'slow' } },
      /of\.cell: the study has no cell "plane"; did you mean plain\?$/,
    ],
    [
      { to: { cell: 'once', mode: 'slow' } },
      /to\.mode: cell once is evaluated in fast, not in slow$/,
    ],
    [{ of: { ...CLAIM.of, mode: 'quick' } }, /of\.mode: /],
    [
      { of: { ...CLAIM.of, study: 'othr' } },
      /of\.study: beside names no study "othr"; did you mean other\?$/,
    ],
    [
      { to: { study: 'other', cell: 'small', mode: 'slow' } },
      /to\.cell: beside\.other has no cell "small"$/,
    ],
    [{ to: { ...CLAIM.of, study: 'mine' } }, /to: is the same as of$/],
    [
      { evaluation: 'sample' },
      /evaluation: the study has no evaluation "sample"; did you mean sampled\?$/,
    ],
    [
      { evaluation: 'behind' },
      /evaluation: behind is of corrupted traces, which no claim is about$/,
    ],
    [{ evaluation: 'quick' }, /of\.mode: evaluation quick is made in fast, not in slow$/],
  ])('may not claim what it does not measure: %j', (changes, message) => {
    const cells = { ...MINE.cells, once: { evaluation: { modes: ['fast'] } } };
    const quick = { ...sampled, label: 'quick', modes: ['fast'] };
    const study = {
      cells,
      evaluations: [sampled, quick, { ...sampled, label: 'behind', corrupt: ['swap'] }],
      beside: { other: ['large'] },
      claims: [CLAIM, { ...CLAIM, ...changes }],
    };
    expectInputError(() => check(study), /^mine.json: claims\[1\]\./);
    expectInputError(() => check(study), message);
  });

  it('may use names that every record has', () => {
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty'];
    const cells = Object.fromEntries(names.map((name) => [name, {}]));
    const { study, cells: expanded } = check({ name: 'constructor', cells, seeds: [1] });
    expect(expanded.map(({ cell }) => cell)).toEqual(names);
    expect(Object.keys(study.cells)).toEqual(names);
    const of = { study: 'toString', cell: 'plain', mode: 'slow' };
    expectInputError(
      () => check({ claims: [{ ...CLAIM, of }] }),
      /^mine.json: claims\[0\].of.study: beside names no study "toString"$/,
    );
  });

  it('that is no record is named without a field', () => {
    expectInputError(() => checkStudy([], 'mine.json'), /^mine.json: expected object, not \[\]$/);
  });

  it('does not stand beside itself', () => {
    expectInputError(
      () => check({ beside: { mine: ['plain'] } }),
      /^mine.json: beside.mine: is the study itself$/,
    );
  });

  it('is refused if it is no record', async () => {
    const file = path.join(temporaryFolder(), 'list.json');
    writeFileSync(file, '[]');
    await expect(loadStudy(file)).rejects.toThrow(
      new InputError(`${file}: a study is a record of settings`),
    );
  });

  it('has the cells and seeds that are chosen, and no others', () => {
    const loaded = check({});
    const chosen = (choice: object) => chooseCells(loaded, choice).map(({ folder }) => folder);
    expect(chosen({})).toHaveLength(4);
    expect(chosen({ only: ['few'], seeds: [2] })).toEqual(['few-s2']);
    expectInputError(
      () => chosen({ only: ['fwe'] }),
      /^--only: mine has no cell "fwe"; did you mean few\?$/,
    );
    expectInputError(() => chosen({ seeds: [3] }), /^--seeds: mine has the seeds 1, 2, not 3$/);
  });
});

describe('the work of a cell', () => {
  const evaluation = { label: 'open', tasks: 8, samples: 4, temperature: 1 };
  const workFor = (changes: object) => {
    const { study, cells } = check(changes);
    return cells.map((cell) => workOf(cell, study, folders));
  };

  it('shares its data with cells of equal data settings, and with no others', () => {
    const wide = { data: { task: { width: 5 } } };
    const works = workFor({ cells: { ...MINE.cells, wide } });
    const [plain, few, other] = works.map(({ data }) => [...data.keys()].join());
    expect(plain).toBe(few);
    expect(other).not.toBe(plain);
  });

  it('has an evaluation of each mode that both the cell and the evaluation ask for', () => {
    const cells = { a: { evaluation: { modes: ['slow', 'auto'], samples: 1, temperature: 0 } } };
    const evaluations = [
      { ...evaluation, label: 'all' },
      { ...evaluation, label: 'fast', modes: ['fast'] },
      { ...evaluation, label: 'slow', modes: ['fast', 'slow'], topK: 5 },
    ];
    const [work] = workFor({ cells, evaluations });
    expect(work!.evaluations.map(({ name }) => name)).toEqual([
      'slow-greedy',
      'auto-greedy',
      'slow-n4-t1-all',
      'auto-n4-t1-all',
      'slow-n4-t1-k5-slow',
    ]);
    expect(work!.commands.map(([command]) => command)).toEqual(['run', 'eval']);
    expect(work!.listed.map(({ label }) => label)).toEqual(['all', 'slow']);
  });

  it('has an evaluation of each corruption and the control, in slow mode, if the cell has it', () => {
    const own = { samples: 1, temperature: 0 };
    const cells = {
      both: { evaluation: { ...own, modes: ['slow', 'fast'] } },
      fast: { evaluation: { ...own, modes: ['fast'] } },
    };
    const works = workFor({ cells, evaluations: [PROBE], seeds: [1] });
    const names = works.map(({ evaluations }) => evaluations.map(({ name }) => name));
    expect(names).toEqual([
      [
        'slow-greedy',
        'fast-greedy',
        'slow-greedy-corrupt-none-probe',
        'slow-greedy-corrupt-swap-probe',
        'slow-greedy-corrupt-blocked-probe',
      ],
      ['fast-greedy'],
    ]);
    const listed = { label: 'probe', modes: ['slow'], corrupt: ['swap', 'blocked'] };
    expect(works[0]!.listed).toMatchObject([listed]);
    expect(works[1]!.listed).toEqual([]);
    expect(works[1]!.commands.map(([command]) => command)).toEqual(['run']);
  });

  it('holds other data for tasks of another kind, as many as are asked for', () => {
    const data = { task: { walls: [0.1, 0.1] } };
    const [work] = workFor({ evaluations: [{ ...evaluation, data }] });
    const [own, open] = [...work!.data.values()];
    expect(own!.trainCount).toBe(40);
    expect(open).toMatchObject({ trainCount: 1, validationCount: 0, testCount: 8, seed: '1-open' });
    expect(open!.task).toMatchObject({ width: 4, walls: [0.1, 0.1] });
  });
});
