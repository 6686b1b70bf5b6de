/**
 * What a cell of a study takes: command lines that anyone can type, and the records that they leave.
 */
import path from 'node:path';
import type { Corruption } from '../../../traces/corruptions.ts';
import type { DataSettings, Experiment } from '../../experiment.ts';
import { roundPaths } from '../../improvement/rounds.ts';
import { firstExperiment, improvementName, roundExperiment } from '../../improvementSettings.ts';
import { modesOf, type ListedEvaluation, type Study } from '../../study.ts';
import { decodingOf } from '../decodingFlags.ts';
import { evaluationData } from '../evaluationData.ts';
import type { CheckedCell } from '../loadStudy.ts';
import { datasetFolder } from '../stages/data.ts';
import { asked, nameOf, ownDecoding, tasksIn, type Decoding } from '../stages/decoding.ts';
import { roundCells } from '../studyCells.ts';

export interface SweepFolders {
  /** Runs, data and logs. */
  readonly out: string;
  /** Records that are worth keeping. */
  readonly results: string;
}

/** A model and its records: the one that a cell trains, or the one after a round of its improvement. */
export interface Kept {
  /** Of the cell, with the round. */
  readonly cell: string;
  /** Of the run's folder. */
  readonly experiment: Experiment;
  readonly run: string;
  readonly results: string;
  readonly evaluations: readonly ExpectedEvaluation[];
}

export interface Work extends CheckedCell {
  readonly run: string;
  readonly results: string;
  /** The model that is trained, and those after each round of its improvement. */
  readonly kept: readonly Kept[];
  /** What the children read and write. */
  readonly settings: string;
  readonly list: string;
  readonly log: string;
  /** Arguments of `kit`, one list a child. */
  readonly commands: readonly (readonly string[])[];
  /** What stands in the list: its evaluations besides its own. */
  readonly listed: readonly ListedEvaluation[];
  /** All that the commands need, each once, by its folder. */
  readonly data: ReadonlyMap<string, DataSettings>;
  /** Of each of the models. */
  readonly evaluations: readonly ExpectedEvaluation[];
}

/** An evaluation that is there once the commands have ended. */
export interface ExpectedEvaluation {
  readonly name: string;
  readonly decoding: Decoding;
  readonly corruption: Corruption | undefined;
  /** As many as the split holds, if that is fewer than were asked for. */
  readonly tasks: number;
}

export function workOf(
  cell: CheckedCell,
  study: Study,
  { out, results }: SweepFolders,
  flags: readonly string[] = [],
): Work {
  const { folder, experiment } = cell;
  const run = path.join(out, folder);
  const settings = path.join(out, 'settings', `${folder}.json`);
  const list = path.join(out, 'settings', `${folder}.evaluations.json`);
  const place = (data: DataSettings): string => datasetFolder(data, path.join(out, 'data'));
  const own = place(experiment.data);
  const data = new Map([[own, experiment.data]]);
  const listed: ListedEvaluation[] = [];
  const models = modelsOf(cell, { run, results: path.join(results, folder) });
  const evaluations = expected(ownDecoding(experiment), { experiment, data: experiment.data });
  for (const evaluation of study.evaluations) {
    const modes = experiment.evaluation.modes.filter((m) => modesOf(evaluation).includes(m));
    if (modes.length === 0) continue;
    const other = evaluationData(evaluation, experiment, { source: study.name });
    if (other !== null) data.set(place(other), other);
    const { modes: _, data: __, ...given } = evaluation;
    listed.push({ ...given, modes, ...(other !== null && { data: place(other) }) });
    const decoding = decodingOf({ ...given, mode: modes }, ownDecoding(experiment));
    const on = { experiment, data: other ?? experiment.data };
    evaluations.push(...expected(decoding, on));
  }
  const always = ['--threads', '1', ...flags];
  const commands = [['run', settings, '--data', own, '--out', run, ...always]];
  for (const each of listed.length > 0 ? models : []) {
    commands.push(['eval', each.run, '--evaluations', list, ...always]);
  }
  return {
    ...cell,
    run,
    settings,
    list,
    results: path.join(results, folder),
    log: path.join(out, 'logs', `${folder}.log`),
    commands,
    listed,
    data,
    evaluations,
    kept: models.map((model) => ({ ...model, evaluations })),
  };
}

function modelsOf(
  { cell, experiment }: CheckedCell,
  at: Pick<Kept, 'run' | 'results'>,
): Omit<Kept, 'evaluations'>[] {
  const { improvement } = experiment;
  const first = { cell, experiment: firstExperiment(experiment), ...at };
  if (improvement === undefined) return [first];
  const placeOf = (folder: string, round: number): string =>
    roundPaths(path.join(folder, improvementName(improvement)), round).run;
  const rounds = roundCells(cell, experiment).map((name, i) => ({
    cell: name,
    experiment: roundExperiment(experiment, improvement, i + 1),
    run: placeOf(at.run, i + 1),
    results: placeOf(at.results, i + 1),
  }));
  return [first, ...rounds];
}

function expected(
  decoding: Decoding,
  { experiment, data }: { readonly experiment: Experiment; readonly data: DataSettings },
): ExpectedEvaluation[] {
  const available = tasksIn(data, decoding.split);
  const tasks = Math.min(decoding.tasks, available);
  return asked(decoding).map((one) => ({
    name: nameOf(one, decoding, { experiment, available }),
    decoding: { ...decoding, modes: [one.mode] },
    corruption: one.corruption,
    tasks,
  }));
}
