/** `kit plan`: what an experiment, or every cell of a study, will take on this machine. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import type { Experiment } from '../../experiment.ts';
import { toTerminal } from '../../report/table.ts';
import { availableBytes, gigabytes } from '../../training/memory.ts';
import { CATALOGUES, STUDIES } from '../catalogues.ts';
import { quote } from '../flags.ts';
import { checkExperiment } from '../loadExperiment.ts';
import { checkStudy, type LoadedStudy } from '../loadStudy.ts';
import { makespan } from '../makespan.ts';
import { suggestion } from '../nearest.ts';
import { foresee, measureSpeed, tokensToPlan } from '../plan/foresee.ts';
import type { Speed } from '../plan/foresee.ts';
import { foreseeRounds } from '../plan/rounds.ts';
import { sampleTasks, type Sample } from '../plan/sample.ts';
import { duration, planTable, type Item, type Row } from '../plan/table.ts';
import type { Session } from '../session.ts';
import { isSettingsFile, readRecord, readSettingsFile } from '../settingsFile.ts';
import { datasetFolder } from '../stages/data.ts';
import { tasksIn } from '../stages/decoding.ts';
import { isSlow, startEngine, type EngineFlags } from '../stages/engine.ts';
import { workOf } from '../sweep/work.ts';

export interface PlanFlags extends EngineFlags {
  readonly jobs: number | undefined;
  readonly noTime: boolean;
}

/** How many models an experiment evaluates: that of its training, and those after each round. */
const modelsOf = ({ improvement }: Experiment): number => 1 + (improvement?.rounds ?? 0);

/** @throws InputError naming what there is not, or the field that is wrong */
export async function planWork(
  nameOrFile: string,
  flags: PlanFlags,
  session: Session,
): Promise<void> {
  const loaded = await loadEither(nameOrFile);
  const items = 'study' in loaded ? itemsOf(loaded) : [itemOf(loaded)];
  const threads = flags.threads ?? ('study' in loaded ? 1 : undefined);
  const jobs = 'study' in loaded ? (flags.jobs ?? availableParallelism()) : 1;
  const backend = flags.noTime
    ? null
    : await startEngine({ ...flags, threads }, items[0]!.experiment, session);
  const measured = backend !== null && !isSlow(backend) ? backend : null;

  const samples = new Map<string, Sample>();
  const rows: Row[] = [];
  for (const item of items) {
    session.signal.throwIfAborted();
    const { experiment } = item;
    const sample =
      samples.get(item.data) ?? (await sampleTasks(experiment.data, item.data, session));
    samples.set(item.data, sample);
    session.note(`${item.name}: ${measured === null ? 'counts' : 'counts and measures'}`);
    const speed = measured === null ? null : await measureSpeed(experiment, sample, measured);
    const improved = foreseeRounds(experiment, sample);
    const seconds = secondsOf({ ...item, improved }, sample, speed);
    rows.push({ ...item, improved, ...foresee(experiment, sample), ...seconds });
  }
  await session.print(toTerminal(planTable(rows)).trimEnd());
  await printTotals(rows, jobs, session);
  if (measured !== null) {
    const threading = `${measured.threads} ${measured.threads === 1 ? 'thread' : 'threads'}`;
    await session.print(
      `Times: from real steps and responses on this machine, ${threading}, the shortest of several; ` +
        'responses are taken to be as long as those of training.',
    );
  } else {
    const why = flags.noTime ? 'not asked for' : 'needs the native engine (kit setup installs it)';
    await session.print(`Times: not measured: ${why}.`);
  }
}

async function loadEither(nameOrFile: string): Promise<Experiment | LoadedStudy> {
  if (isSettingsFile(nameOrFile)) {
    const input = await readSettingsFile(nameOrFile, 'experiment');
    return 'cells' in input ? checkStudy(input, nameOrFile) : checkExperiment(input, nameOrFile);
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

function secondsOf(
  { experiment, plannings, improved }: Item & Pick<Row, 'improved'>,
  sample: Sample,
  speed: Speed | null,
): Pick<Row, 'training' | 'planning'> {
  if (speed === null) return { training: null, planning: null };
  const { steps, tokensPerStep } = foresee(experiment, sample);
  const training = (steps * tokensPerStep) / speed.tokensPerSecond;
  const limit = experiment.training.maxMinutes;
  const each = plannings.reduce((sum, one) => sum + tokensToPlan(experiment, sample, one), 0);
  const { trainingTokens = 0, responseTokens = 0 } = improved ?? {};
  const planned = each * modelsOf(experiment) + responseTokens;
  return {
    training:
      (limit === null ? training : Math.min(training, 60 * limit)) +
      trainingTokens / speed.tokensPerSecond,
    planning: planned / speed.planTokensPerSecond,
  };
}

async function printTotals(rows: readonly Row[], jobs: number, session: Session): Promise<void> {
  const tasks = rows.flatMap((row) => Array.from({ length: row.times }, () => row));
  const seconds = tasks.map(({ training, planning }) => (training ?? 0) + (planning ?? 0));
  const atOnce = Math.min(jobs, tasks.length);
  const peak = rows.map(({ bytes }) => bytes).sort((a, b) => b - a);
  const bytes = tasks.length === 1 ? peak[0]! : peak[0]! * atOnce;
  const free = availableBytes();
  if (bytes > free) {
    await session.print(`Memory: up to ${gigabytes(bytes)}, and ${gigabytes(free)} are free.`);
  }
  if (tasks.length === 1 || rows.some(({ training }) => training === null)) return;
  const cells = `${tasks.length} cells, ${atOnce} at once`;
  const sum = seconds.reduce((total, each) => total + each, 0);
  await session.print(
    `${cells}: ${duration(makespan(seconds, atOnce))} in all, ${duration(sum)} one after the other`,
  );
}
