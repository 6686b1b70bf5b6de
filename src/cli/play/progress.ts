/** How far a run has come, without reading all of its log. */
import { existsSync } from 'node:fs';
import type { RunProgress } from '../../pageApi.ts';
import { isLocked } from '../../lock.ts';
import { readEnd } from '../../reading.ts';
import { runPaths } from '../../training/runFolder.ts';
import { refuseLinks } from './bounds.ts';

/** @throws InputError if the log leads out of the run */
export function progressOf(folder: string, steps: number): RunProgress {
  const { metrics } = runPaths(folder);
  refuseLinks(folder, [metrics]);
  const step = lastStep(metrics);
  const locked = isLocked(folder);
  // Who holds the lock of a run that has all its steps does something else with it.
  return { step, steps, trains: step >= steps ? false : locked };
}

/** Longer than any line of a log. */
const TAIL = 4096;

/** Of the last line that can be read; 0 if there is none. */
function lastStep(file: string): number {
  if (!existsSync(file)) return 0;
  for (const line of readEnd(file, TAIL).split('\n').reverse()) {
    const step = /^\{"step":(\d{1,15}),.*\}$/.exec(line)?.[1];
    if (step !== undefined) return Number(step);
  }
  return 0;
}
