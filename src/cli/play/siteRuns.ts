/**
 * What a site holds of runs besides their weights: the course of each, and of each evaluation the responses to
 * its first tasks, as many as there is room for.
 */
import { detailsPath, tablePath, taskPath } from '../../pageApi.ts';
import type { RunDetails } from '../../pageApi.ts';
import { unlessDamaged } from './bounds.ts';
import { detailsOf, evaluationOf } from './details.ts';
import { evaluationReader, tableOf, taskOf } from './rollouts.ts';
import type { FoundRun } from './runs.ts';

/** Of all evaluations together, in bytes. */
const ROOM = 4_000_000;
const MOST_TASKS = 100;

/** By the path under which each is served; lists no evaluation that can't be read or has no room. */
export function* runFiles(runs: readonly FoundRun[], room = ROOM): Generator<[string, object]> {
  const read = evaluationReader();
  const details = runs.map(detailsOf);
  let left = details.reduce((sum, { evaluations }) => sum + evaluations.length, 0);
  for (const [i, { folder, summary }] of runs.entries()) {
    const kept: RunDetails['evaluations'][number][] = [];
    for (const evaluation of details[i]!.evaluations) {
      // What one leaves over, those behind it share.
      const share = room / left--;
      const name = evaluationOf(folder, evaluation.id)!;
      const whole = unlessDamaged(() => read(folder, name), null);
      const tasks = (whole?.records ?? []).slice(0, MOST_TASKS).map((record) => ({
        path: taskPath(summary.id, evaluation.id, record.id),
        content: taskOf(whole!, record),
      }));
      const own = within(share, tasks);
      if (whole === null || own.length === 0) continue;
      room -= own.reduce((sum, { content }) => sum + bytesOf(content), 0);
      kept.push(evaluation);
      yield [tablePath(summary.id, evaluation.id), tableOf(whole, own.length)];
      for (const { path, content } of own) yield [path, content];
    }
    yield [detailsPath(summary.id), { ...details[i]!, evaluations: kept }];
  }
}

/** The first of them that fit. */
function within<File extends { readonly content: object }>(
  room: number,
  files: readonly File[],
): File[] {
  let sum = 0;
  const beyond = files.findIndex(({ content }) => (sum += bytesOf(content)) > room);
  return files.slice(0, beyond < 0 ? files.length : beyond);
}

const bytesOf = (content: object): number => Buffer.byteLength(JSON.stringify(content)) + 1;
