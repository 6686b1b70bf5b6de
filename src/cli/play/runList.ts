/** The list of runs for whoever asks again and again: of each run only what has changed is read. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isLockFile } from '../../lock.ts';
import { listFolder } from '../../reading.ts';
import { EXPORTED_MODEL } from '../../training/runModel.ts';
import { runPaths } from '../../training/runFolder.ts';
import { unlessDamaged } from './bounds.ts';
import { findRuns, readRun, type FoundRun, type LocatedRun, type RunPlaces } from './runs.ts';
import { looksOf } from './looks.ts';

interface KnownRun {
  /** How its files looked just before it was read. */
  readonly looks: string;
  /** All that lay in its folder of evaluations, and whether each of them had settings. */
  readonly evaluations: readonly string[];
  readonly finished: string;
  readonly found: FoundRun;
}

/**
 * The function returned gives what `findRuns` gives, at the cost of a few stats for each run that is as it was.
 * @param clock milliseconds since 1970
 */
export function runLister(places: RunPlaces, clock: () => number = Date.now): () => FoundRun[] {
  let known = new Map<string, KnownRun>();
  return () => {
    const next = new Map<string, KnownRun>();
    const runs = findRuns(places, (located) => {
      const key = JSON.stringify(located);
      const before = known.get(key);
      if (before !== undefined && isAsBefore(located, before, clock())) {
        next.set(key, before);
        return before.found;
      }
      const { found, run } = readAnew(located, clock());
      if (run !== null) next.set(key, run);
      return found;
    });
    known = next;
    return runs;
  };
}

function isAsBefore({ folder }: LocatedRun, before: KnownRun, now: number): boolean {
  return unlessDamaged(
    () =>
      looksOf(filesOf(folder), now) === before.looks &&
      finishedOf(folder, before.evaluations) === before.finished,
    false,
  );
}

/** @returns the run, and what is to be known of it; null where files don't tell whether it has changed */
function readAnew(
  located: LocatedRun,
  now: number,
): { readonly found: FoundRun | null; readonly run: KnownRun | null } {
  const { folder } = located;
  // Before the run is read, so that what changes meanwhile is seen the next time.
  const seen = unlessDamaged(() => {
    const looks = looksOf(filesOf(folder), now);
    const evaluations = listFolder(runPaths(folder).evaluation);
    const finished = finishedOf(folder, evaluations);
    // Whether the process behind a lock lives, no file tells.
    const isLocked = readdirSync(folder).some(isLockFile);
    return looks === null || isLocked ? null : { looks, evaluations, finished };
  }, null);
  const found = readRun(located);
  return { found, run: found === null || seen === null ? null : { ...seen, found } };
}

function filesOf(folder: string): string[] {
  const { experiment, metrics, checkpoints, evaluation } = runPaths(folder);
  return [folder, experiment, metrics, checkpoints, evaluation, path.join(folder, EXPORTED_MODEL)];
}

function finishedOf(folder: string, evaluations: readonly string[]): string {
  const { evaluation } = runPaths(folder);
  return evaluations.map((name) => existsSync(`${evaluation}/${name}/settings.json`)).join();
}
