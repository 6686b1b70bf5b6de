/** What experiments will take, counted and measured on this machine, as a table and totals. */
import type { Experiment } from '../../experiment.ts';
import { toTerminal } from '../../report/table.ts';
import { availableBytes, gigabytes } from '../../training/memory.ts';
import { makespan } from '../makespan.ts';
import type { Session } from '../session.ts';
import { isSlow, startEngine, type EngineFlags } from '../stages/engine.ts';
import { foresee, measureSpeed, tokensToPlan, type Speed } from './foresee.ts';
import { foreseeRounds } from './rounds.ts';
import { sampleTasks, type Sample } from './sample.ts';
import { duration, planTable, type Item, type Row } from './table.ts';

export interface PlanOptions extends EngineFlags {
  /** Items at once. */
  readonly jobs: number;
  readonly noTime: boolean;
}

/** How many models an experiment evaluates: that of its training, and those after each round. */
const modelsOf = ({ improvement }: Experiment): number => 1 + (improvement?.rounds ?? 0);

/** @throws InputError if the engine can't be started */
export async function printPlan(
  items: readonly Item[],
  { jobs, ...flags }: PlanOptions,
  session: Session,
): Promise<void> {
  const backend = flags.noTime ? null : await startEngine(flags, items[0]!.experiment, session);
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
