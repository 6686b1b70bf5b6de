/** Results of studies as a sweep leaves them, filled without a model. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { checkStudy } from '../../src/cli/loadStudy.ts';
import { workOf } from '../../src/cli/sweep/work.ts';
import { type EvaluationSettings, writeEvaluation } from '../../src/evaluation/evaluation.ts';
import { writeSealed } from '../../src/sealed.ts';
import { STUDY_FILE } from '../../src/study.ts';
import { evaluationSettings, runTasks, taskRecord, writeMetrics } from './runs.ts';

/** Dualformer in small: three cells, two seeds, drawn responses, and tasks of another kind. */
export const SMALL_STUDY = {
  name: 'small-study',
  question: 'Does <dropping> help?',
  notes: 'Pilots chose `steps`.\n\nA null result & all stay in.',
  base: {
    data: { task: { environment: 'maze', width: 3, height: 3 }, trainCount: 1000, testCount: 3 },
    model: 'tiny',
    training: { steps: 200 },
    evaluation: { tasks: 3, samples: 1, temperature: 0, maxTokens: 100 },
  },
  cells: {
    dualformer: {},
    'complete-trace': {
      training: { dropping: 'complete-trace' },
      evaluation: { modes: ['slow'] },
    },
    'solution-only': {
      training: { dropping: 'solution-only' },
      evaluation: { modes: ['fast'] },
    },
  },
  seeds: [1, 2],
  evaluations: [
    { label: 'sampled', tasks: 3, samples: 4, temperature: 1 },
    {
      label: 'open',
      tasks: 3,
      samples: 1,
      temperature: 0,
      data: { task: { walls: [0, 0.1] } },
    },
  ],
  claims: [
    {
      text: 'Slow beats Complete-Trace',
      metric: 'optimalRate',
      of: { cell: 'dualformer', mode: 'slow' },
      to: { cell: 'complete-trace', mode: 'slow' },
      expect: 'more',
      published: '97.6 | 93.3 %',
    },
    {
      text: 'Fast thinks more than slow',
      metric: 'traceLength',
      of: { cell: 'dualformer', mode: 'fast' },
      to: { cell: 'dualformer', mode: 'slow' },
      evaluation: 'sampled',
      expect: 'more',
    },
    {
      text: 'Fast beats Solution-Only',
      metric: 'optimalRate',
      of: { cell: 'dualformer', mode: 'fast' },
      to: { cell: 'solution-only', mode: 'fast' },
      expect: 'more',
    },
  ],
};

/** Ids of the tasks that every mode of a cell fails. */
type Failed = (cell: string, seed: number) => readonly number[];

/** Dualformer solves all, Complete-Trace none, Solution-Only all with seed 1 and none with seed 2. */
export const SMALL_FAILURES: Failed = (cell, seed) => {
  if (cell.startsWith('dualformer')) return [];
  return cell.startsWith('solution-only') && seed === 1 ? [] : [0, 1, 2];
};

/** @param without folders of cells that are not there yet */
export function writeStudy(
  folder: string,
  input: object = SMALL_STUDY,
  { failed = SMALL_FAILURES, without = [] }: { failed?: Failed; without?: readonly string[] } = {},
): string {
  const { study, cells } = checkStudy(input, 'test');
  mkdirSync(folder, { recursive: true });
  writeSealed(path.join(folder, STUDY_FILE), study);
  for (const cell of cells.filter((each) => !without.includes(each.folder))) {
    const { results, experiment, evaluations } = workOf(cell, study, {
      out: folder,
      results: folder,
    });
    mkdirSync(results, { recursive: true });
    writeSealed(path.join(results, 'experiment.json'), experiment);
    writeMetrics(results);
    for (const { name, decoding, corruption } of evaluations) {
      const [mode] = decoding.modes;
      const { modes: _, on: __, label: ___, ...asked } = decoding;
      const settings: EvaluationSettings = {
        ...evaluationSettings(mode!, cell.seed),
        ...(JSON.parse(
          JSON.stringify(pickSettings({ ...asked, corruption })),
        ) as Partial<EvaluationSettings>),
      };
      const fails = failed(cell.cell, cell.seed);
      const { samples } = decoding;
      const records = runTasks.map((task, id) =>
        taskRecord(task, { id, mode: mode!, failed: fails, samples }),
      );
      writeEvaluation(results, { name, settings, records });
    }
  }
  return folder;
}

function pickSettings(asked: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = 'samples temperature topK topP form precision corruption maxTokens split seed';
  return Object.fromEntries(names.split(' ').map((name) => [name, asked[name]]));
}
