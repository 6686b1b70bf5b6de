/** `kit plan`: what an experiment, or every cell of a study, will take on this machine. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import type { Experiment } from '../../experiment.ts';
import { CATALOGUES, STUDIES } from '../catalogues.ts';
import { quote } from '../flags.ts';
import { checkExperiment } from '../loadExperiment.ts';
import { checkStudy, type LoadedStudy } from '../loadStudy.ts';
import { suggestion } from '../nearest.ts';
import type { Item } from '../plan/table.ts';
import type { Session } from '../session.ts';
import { isSettingsFile, readRecord, readSettingsFile } from '../settingsFile.ts';
import { datasetFolder } from '../stages/data.ts';
import { tasksIn } from '../stages/decoding.ts';
import type { EngineFlags } from '../stages/engine.ts';
import { workOf } from '../sweep/work.ts';

export interface PlanFlags extends EngineFlags {
  readonly jobs: number | undefined;
  readonly noTime: boolean;
}

/** @throws InputError naming what there is not, or the field that is wrong */
export async function planWork(
  nameOrFile: string,
  flags: PlanFlags,
  session: Session,
): Promise<void> {
  const loaded = await loadEither(nameOrFile);
  const items = 'study' in loaded ? itemsOf(loaded) : [itemOf(loaded)];
  const alone = 'study' in loaded ? 1 : undefined;
  const jobs = 'study' in loaded ? (flags.jobs ?? availableParallelism()) : 1;

  const { printPlan } = await import('../plan/print.ts');
  await printPlan(items, { ...flags, threads: flags.threads ?? alone, jobs }, session);
}

async function loadEither(nameOrFile: string): Promise<Experiment | LoadedStudy> {
  if (isSettingsFile(nameOrFile)) {
    const input = await readSettingsFile(nameOrFile, 'experiment');
    return Object.hasOwn(input, 'cells')
      ? checkStudy(input, nameOrFile)
      : checkExperiment(input, nameOrFile);
  }
  for (const catalogue of CATALOGUES) {
    if (!Object.hasOwn(catalogue.entries, nameOrFile)) continue;
    const { input, source } = await readRecord(nameOrFile, catalogue);
    return catalogue === STUDIES ? checkStudy(input, source) : checkExperiment(input, source);
  }
  const known = CATALOGUES.flatMap(({ entries }) => Object.keys(entries));
  const meant = suggestion(nameOrFile, known);
  throw new InputError(
    `there is no experiment or study ${quote(nameOrFile)}${meant} (\`kit list\` shows all)`,
  );
}

function itemOf(experiment: Experiment): Item {
  const { name, data, evaluation } = experiment;
  const tasks = Math.min(evaluation.tasks, tasksIn(data, evaluation.split));
  const plannings = [{ ...evaluation, tasks }];
  return { name, experiment, times: 1, data: datasetFolder(data), plannings };
}

/** One for each cell, since seeds differ in nothing that matters here. */
function itemsOf({ study, cells }: LoadedStudy): Item[] {
  const folders = {
    out: path.join('runs', study.name),
    results: path.join('results', study.name),
  };
  return cells
    .filter(({ seed }) => seed === study.seeds[0])
    .map((cell) => {
      const { evaluations, data } = workOf(cell, study, folders);
      return {
        name: cell.cell,
        experiment: cell.experiment,
        times: study.seeds.length,
        data: [...data.keys()][0]!,
        plannings: evaluations.map(({ decoding, tasks }) => ({ ...decoding, tasks })),
      };
    });
}
