/** Folders as a run leaves them, filled without a model. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Board } from '../../envs/environment.ts';
import { type EvaluationSettings, writeEvaluation } from '../../src/evaluation/evaluation.ts';
import type { EvaluationRecord, SampleRecord } from '../../src/evaluation/records.ts';
import { MODE_PREFIX, MODES, type Mode } from '../../traces/modes.ts';
import { experimentSchema } from '../../src/experiment.ts';
import type { ReportedExperiment } from '../../src/report/run.ts';
import { writeSealed } from '../../src/sealed.ts';
import { continueLog } from '../../src/sealedLog.ts';
import { createVocabulary } from '../../traces/vocabulary.ts';
import { mazeOf } from './mazes.ts';
import { exampleOf, perfectResponse } from './rollouts.ts';

export const runVocabulary = { environment: 'maze', coordinates: 3, costs: 9 };

/** Three mazes of 3×3 with shortest plans of 3, 5 and 7 positions. */
export const runTasks: readonly Board[] = [
  mazeOf('S..', '.##', 'G..'),
  mazeOf('S..', '#..', '..G'),
  mazeOf('S..', '##.', 'G..'),
];

export interface RunOptions {
  readonly name?: string;
  readonly seed?: number;
  readonly modes?: readonly Mode[];
  /** Ids of the tasks that every mode fails. */
  readonly failed?: readonly number[];
  readonly experiment?: object;
}

export function reportedSettings(name: string, seed = 1): ReportedExperiment {
  return {
    name,
    description: 'A model of 3×3 mazes',
    notes: 'Made by hand.',
    seed,
    data: {
      task: { environment: 'maze', width: 3, height: 3, walls: [0.3, 0.5] },
      trainCount: 1000,
      nondeterministic: false,
    },
    model: 'tiny',
    training: { steps: 200, batchSize: 16, learningRate: 0.002, dropping: 'dualformer' },
    evaluation: { drawings: 2 },
  };
}

/** A run that was trained for 200 steps and evaluated greedily on `runTasks`. */
export function writeRun(folder: string, options: RunOptions = {}): string {
  const { name = 'small', seed = 1, modes = MODES, failed = [2], experiment = {} } = options;
  mkdirSync(folder, { recursive: true });
  const settings = { ...reportedSettings(name, seed), ...experiment };
  writeSealed(path.join(folder, 'experiment.json'), settings);
  writeSealed(path.join(folder, 'provenance.json'), {
    seed,
    dataChecksum: '0123456789abcdef',
    kit: '0.1.0',
    commit: null,
    node: 'v20.20.2',
    backend: { name: 'tensorflow', version: '2.21.0', threads: 2, devices: [] },
    machine: { platform: 'linux x64', cpu: 'a processor', cores: 2 },
    started: '2026-11-21T00:00:00.000Z',
  });
  writeMetrics(folder);
  for (const mode of modes) {
    writeEvaluation(folder, {
      name: `${mode}-greedy`,
      settings: evaluationSettings(mode, seed),
      records: runTasks.map((task, id) => taskRecord(task, { id, mode, failed })),
    });
  }
  return folder;
}

/** The same with all settings, as a command leaves it. @param folder its last part names the experiment */
export function writeWholeRun(folder: string, options: RunOptions = {}): string {
  writeRun(folder, options);
  const settings = {
    name: path.basename(folder),
    data: { task: { environment: 'maze', width: 3, height: 3 }, trainCount: 1000 },
    training: { steps: 200 },
  };
  writeSealed(path.join(folder, 'experiment.json'), experimentSchema.parse(settings));
  return folder;
}

export function evaluationSettings(mode: Mode, seed = 1): EvaluationSettings {
  return {
    mode,
    samples: 1,
    temperature: 0,
    maxTokens: 100,
    seed,
    referenceRuns: 10,
    split: 'test',
    tasks: runTasks.length,
    vocabulary: runVocabulary,
    dataset: '0123',
    checkpoint: { step: 200, sha256: 'fedc' },
  };
}

/** Of a task that the mode solves optimally, or fails for want of `eos`; every response alike. */
export function taskRecord(
  task: Board,
  {
    id,
    mode,
    failed,
    samples = 1,
  }: {
    readonly id: number;
    readonly mode: Mode;
    readonly failed: readonly number[];
    readonly samples?: number;
  },
): EvaluationRecord {
  const example = exampleOf(task, { id, vocabulary: createVocabulary(runVocabulary) })!;
  const { plan: _, reasoning, ...kept } = example;
  const tokens = perfectResponse(example, MODE_PREFIX[mode]);
  const traceLength = mode === 'fast' ? 0 : reasoning.length;
  const good: SampleRecord = {
    tokens: Uint16Array.from(tokens),
    outcome: 'optimal',
    reason: null,
    planLength: kept.optimalLength,
    traceLength,
    trace: mode === 'fast' ? 'none' : 'legal',
  };
  const bad: SampleRecord = {
    ...good,
    tokens: good.tokens.slice(0, -1),
    outcome: 'malformed',
    reason: 'no eos',
    planLength: null,
  };
  return {
    ...kept,
    walls: task.walls.reduce((sum, wall) => sum + wall, 0),
    aStarTraceLength: reasoning.length,
    referenceTraceLength: 2 * reasoning.length,
    samples: new Array<SampleRecord>(samples).fill(failed.includes(id) ? bad : good),
  };
}

/** Appends to the log as training does. */
export function logLine(folder: string, line: object): void {
  continueLog(path.join(folder, 'metrics.jsonl'), () => true).append(line);
}

/** The log of 200 steps. */
export function writeMetrics(folder: string): void {
  const { append } = continueLog(path.join(folder, 'metrics.jsonl'), () => false);
  for (let step = 50; step <= 200; step += 50) {
    const loss = 1 + 100 / step;
    append({ step, loss, learningRate: 0.002, tokensPerSecond: 30_000, seconds: step / 10 });
    if (step % 100 === 0) append({ step, validationLoss: loss + 0.5 });
  }
}
