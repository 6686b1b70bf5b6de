/** `kit sweep`: the cells of a study, several side by side, each going on where it was. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { InputError } from '../../../envs/inputError.ts';
import type { DataSettings } from '../../experiment.ts';
import { removeLeftovers, writeJsonAtomic } from '../../files.ts';
import { improvementName } from '../../improvementSettings.ts';
import { acquireLock } from '../../lock.ts';
import { listFolder } from '../../reading.ts';
import { writeSealed } from '../../sealed.ts';
import { shellLine } from '../../shell.ts';
import { STUDY_FILE } from '../../study.ts';
import { runPaths } from '../../training/runFolder.ts';
import { chooseCells, loadStudy, type CellChoice } from '../loadStudy.ts';
import { formatDuration } from '../progress.ts';
import type { Session } from '../session.ts';
import { describe, generate } from '../stages/data.ts';
import { checkEvaluated, checkFeasible } from '../stages/feasible.ts';
import { sideBySide, withChildren, type Children } from '../sweep/children.ts';
import { checkStudyOf, checkLabels, stateOf, type CellState } from '../sweep/state.ts';
import { createTimeLeft } from '../sweep/timeLeft.ts';
import { workOf, type Work } from '../sweep/work.ts';
import { exportLedger, exportRecords } from './export.ts';

export interface SweepFlags extends CellChoice {
  readonly out: string | undefined;
  readonly results: string | undefined;
  readonly jobs: number | undefined;
  readonly backend: string | undefined;
  readonly dryRun: boolean;
}

/** @throws InputError if settings changed under a cell that was begun, or once a cell has failed */
export async function sweepStudy(
  nameOrFile: string,
  flags: SweepFlags,
  session: Session,
): Promise<void> {
  const loaded = await loadStudy(nameOrFile);
  const { study } = loaded;
  const folders = {
    out: flags.out ?? path.join('runs', study.name),
    results: flags.results ?? path.join('results', study.name),
  };
  const backend = flags.backend === undefined ? [] : ['--backend', flags.backend];
  const cells = chooseCells(loaded, flags).map((cell) => workOf(cell, study, folders, backend));
  for (const folder of [folders.out, folders.results]) checkStudyOf(study, folder);
  checkLabels(study, folders.results);
  const states = new Map(cells.map((work) => [work, stateOf(work)]));
  const open = cells.filter((work) => states.get(work) !== 'done');
  open.forEach(checkCell);
  if (flags.dryRun) return printPlan(states, session);

  const release = acquireLock(folders.out);
  try {
    removeLeftovers(folders.out, path.join(folders.out, 'settings'), folders.results);
    for (const folder of [folders.out, folders.results]) {
      writeSealed(path.join(folder, STUDY_FILE), study);
    }
    for (const [folder, settings] of dataOf(open)) {
      const dataset = await generate(settings, { out: folder, resume: true }, session);
      session.note(`data: ${describe(dataset)}`);
    }
    const { checkUnseen } = await import('../sweep/unseen.ts');
    checkUnseen(open);
    const failed = await runCells(cells, states, { ...flags, session });
    session.signal.throwIfAborted();
    if (failed.length > 0) {
      const what = `${failed.length} of ${cells.length} cells failed`;
      throw new InputError(`${what}: ${failed.join(', ')}; the same command tries them again`);
    }
    await session.print(`records: ${folders.results}`);
  } finally {
    release();
  }
}

/** @throws InputError naming the cell and the field that asks for more than there is */
function checkCell({ folder, experiment }: Work): void {
  try {
    checkFeasible(experiment);
    checkEvaluated(experiment);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`cell ${folder}: ${error.message}`);
  }
}

/** The names of the cells that failed. */
async function runCells(
  cells: readonly Work[],
  states: ReadonlyMap<Work, CellState>,
  { jobs, session }: { readonly jobs: number | undefined; readonly session: Session },
): Promise<string[]> {
  const { signal } = session;
  const open = cells.filter((work) => states.get(work) !== 'done');
  const total = cells.length;
  const atOnce = jobs ?? availableParallelism();
  const begin = createTimeLeft(open.length, atOnce);
  const failed: string[] = [];
  let done = total - open.length;
  if (done > 0) await session.print(`${done} of ${total} cells were done before`);
  if (open.length === 0) session.note('with another --results they are made again');
  const runOne = async (work: Work, children: Children): Promise<void> => {
    const isNew = states.get(work) === 'new';
    session.note(`${work.folder}: ${isNew ? 'begins' : 'goes on'}`);
    const end = begin();
    const fault = await runCell(work, children, session);
    if (signal.aborted) return;
    done++;
    if (fault !== null) failed.push(work.folder);
    const { seconds, secondsLeft } = end(isNew && fault === null);
    const time = formatDuration(seconds);
    const how = fault === null ? `done in ${time}` : `failed: ${fault} (see ${work.log})`;
    await session.print(`[${done} of ${total}] ${work.folder}: ${how}`);
    if (done === total || secondsLeft === null) return;
    session.note(`about ${formatDuration(secondsLeft)} left for the others`);
  };
  await withChildren(signal, (children) =>
    sideBySide(open, (work) => runOne(work, children), { atOnce, signal }),
  );
  return failed;
}

/** Null if all went well, else what did not. */
async function runCell(work: Work, children: Children, session: Session): Promise<string | null> {
  try {
    await untilFree(work, session);
    writeJsonAtomic(work.settings, work.experiment);
    if (work.listed.length > 0) writeJsonAtomic(work.list, work.listed);
    for (const argv of work.commands) {
      // A child that begins after the others were told to end would never be told.
      if (session.signal.aborted) return null;
      const fault = await children.run(argv, work.log);
      if (fault !== null) return fault;
    }
    const [first, ...rounds] = work.kept;
    exportRecords(first!.run, first!.results);
    const { improvement } = work.experiment;
    if (improvement !== undefined) {
      const folder = improvementName(improvement);
      // Before the records of rounds, with which the cell is done.
      exportLedger(path.join(work.run, folder), path.join(work.results, folder));
    }
    for (const { run, results } of rounds) exportRecords(run, results);
    return null;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

const WAIT_MS = 500;
const MOST_WAITS = 240;

/** Children of a sweep that was killed are still saving, for a moment. */
async function untilFree({ kept, folder }: Work, session: Session): Promise<void> {
  for (let waits = 0; !session.signal.aborted; waits++) {
    // Rounds lie in a folder that is locked as a whole.
    const places = kept.flatMap(({ run }, i) => {
      const { evaluation } = runPaths(run);
      const whole = i === 0 ? run : path.dirname(run);
      return [whole, ...listFolder(evaluation).map((name) => path.join(evaluation, name))];
    });
    try {
      for (const place of new Set(places.filter(existsSync))) acquireLock(place)();
      return;
    } catch (error) {
      if (!(error instanceof InputError) || waits === MOST_WAITS) throw error;
      if (waits === 0) session.note(`${folder}: waits, since ${error.message}`);
      await pause(WAIT_MS);
    }
  }
}

function dataOf(cells: readonly Work[]): Map<string, DataSettings> {
  return new Map(cells.flatMap(({ data }) => [...data]));
}

async function printPlan(states: ReadonlyMap<Work, CellState>, session: Session): Promise<void> {
  const open = [...states].filter(([, state]) => state !== 'done').map(([work]) => work);
  for (const folder of dataOf(open).keys()) await session.print(`data ${folder}`);
  for (const [work, state] of states) {
    await session.print(`${work.folder}: ${state}`);
    if (state === 'done') continue;
    for (const argv of work.commands) await session.print(`  ${shellLine(['kit', ...argv])}`);
    const labels = work.listed.map(({ label }) => label);
    if (labels.length > 0) await session.print(`  evaluations: ${labels.join(', ')}`);
    for (const { results } of work.kept) await session.print(`  records to ${results}`);
  }
}
