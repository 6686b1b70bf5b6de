/**
 * What a site holds of runs besides their weights: the course of each, and of its first evaluations the
 * responses to their first tasks. What is left out is counted, so that the page can say so.
 */
import { detailsPath, tablePath } from '../../pageApi.ts';
import type { RunDetails, TaskRollouts } from '../../pageApi.ts';
import type { Evaluation } from '../../evaluation/evaluation.ts';
import { unlessDamaged, withoutPlace } from './bounds.ts';
import { detailsOf, evaluationOf } from './details.ts';
import { evaluationReader, tableOf, taskOf } from './rollouts.ts';
import type { FoundRun } from './runs.ts';

/** For the responses of all runs, which share it evenly, in bytes. */
const ROOM = 6_000_000;
/** For those of an evaluation. */
const MOST = 400_000;

/** By the path under which each is served. */
export function* runFiles(
  runs: readonly FoundRun[],
  room: number = ROOM,
): Generator<[string, object]> {
  let left = room;
  for (const [i, run] of runs.entries()) {
    // What one leaves over, those behind it share.
    left -= yield* filesOf(run, left / (runs.length - i));
  }
}

/** @returns the bytes of its responses */
function* filesOf(
  { folder, summary }: FoundRun,
  room: number,
): Generator<[string, object], number> {
  const read = evaluationReader();
  const details = detailsOf({ folder, summary });
  const problems = [...details.problems];
  const tell = (problem: Error): void => void problems.push(withoutPlace(folder, problem));
  const kept: RunDetails['evaluations'][number][] = [];
  let used = 0;
  for (const evaluation of details.evaluations) {
    const name = evaluationOf(folder, evaluation.id)!;
    const whole = unlessDamaged(() => read(folder, name), null, tell);
    if (whole === null) continue;
    const { tasks, bytes } = firstTasks(whole, Math.min(MOST, room - used));
    if (tasks.length === 0) continue;
    used += bytes;
    kept.push(evaluation);
    yield [tablePath(summary.id, evaluation.id), tableOf(whole, tasks)];
  }
  const leftOut = details.evaluations.length - kept.length;
  yield [detailsPath(summary.id), { ...details, evaluations: kept, leftOut, problems }];
  return used;
}

function firstTasks(
  evaluation: Evaluation,
  room: number,
): { readonly tasks: TaskRollouts[]; readonly bytes: number } {
  const tasks: TaskRollouts[] = [];
  let bytes = 0;
  for (const record of evaluation.records) {
    const task = taskOf(evaluation, record);
    const size = JSON.stringify(task).length;
    if (bytes + size > room) break;
    bytes += size;
    tasks.push(task);
  }
  return { tasks, bytes };
}
