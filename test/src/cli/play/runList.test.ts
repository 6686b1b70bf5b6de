import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { runLister } from '../../../../src/cli/play/runList.ts';
import { findRuns, type RunPlaces } from '../../../../src/cli/play/runs.ts';
import { kitRoot } from '../../../../src/kitPackage.ts';
import { acquireLock } from '../../../../src/lock.ts';
import { temporaryFolder } from '../../../helpers/kit.ts';
import { logLine, writeWholeRun } from '../../../helpers/runs.ts';

const folder = temporaryFolder();
const NAMES = ['a', 'b', 'study/c'];
/** What runs are copies of. */
const model = writeWholeRun(path.join(folder, 'model'));
mkdirSync(path.join(model, 'checkpoints'));
const otherSettings = path.join(writeWholeRun(path.join(folder, 'other')), 'experiment.json');

let runs: string;
let places: RunPlaces;
let begun = 0;
function begin(): void {
  runs = path.join(folder, `runs-${begun++}`);
  places = { run: null, folders: [runs] };
  NAMES.forEach(copyTo);
  // A link within a run is followed.
  renameSync(place('b', 'experiment.json'), place('b', 'settings.json'));
  symlinkSync('settings.json', place('b', 'experiment.json'));
}
beforeEach(begin);

const place = (name: string, file = ''): string => path.join(runs, name, file);
const copyTo = (name: string): void => cpSync(model, place(name), { recursive: true });
const CHECKPOINT = 'checkpoints/step-00000200.safetensors';
const FOREIGN_LOCK = '.lock-another_machine-12-34';
const DEAD_LOCK = `.lock-${os.hostname().replaceAll(/[^\w.-]/g, '_')}-${process.pid}-1`;

const remove = (file: string): void => rmSync(file, { recursive: true, force: true });
function rewrite(file: string, text: string, by: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(text, by));
}
function linkTo(target: string, file: string): void {
  remove(file);
  symlinkSync(target, file);
}

/** What happens to a run. */
const CHANGES: Readonly<Record<string, (name: string) => void>> = {
  'is removed': (name) => remove(place(name)),
  'is made anew': copyTo,
  'changes places with another': (name) => {
    const moved = `${runs}-moved`;
    renameSync(place(name), moved);
    renameSync(place('b'), place(name));
    renameSync(moved, place('b'));
  },
  'logs a line': (name) => logLine(place(name), { step: 250, validationLoss: 2 }),
  'logs half a line': (name) => appendFileSync(place(name, 'metrics.jsonl'), '{"step":300,"lo'),
  'has a log of the same length': (name) =>
    rewrite(place(name, 'metrics.jsonl'), '{"step":2', '{"step":1'),
  'has no log': (name) => remove(place(name, 'metrics.jsonl')),
  'has a log elsewhere': (name) =>
    linkTo(path.join(model, 'metrics.jsonl'), place(name, 'metrics.jsonl')),
  'has damaged settings': (name) => writeFileSync(place(name, 'experiment.json'), '{'),
  'has changed settings of the same length': (name) =>
    rewrite(place(name, 'experiment.json'), '"width": 3', '"width": 4'),
  'has other settings that claim to be as old': (name) => {
    const file = place(name, 'experiment.json');
    const { atime, mtime } = statSync(file);
    writeFileSync(file, readFileSync(otherSettings));
    utimesSync(file, atime, mtime);
  },
  'has settings elsewhere': (name) => linkTo(otherSettings, place(name, 'experiment.json')),
  'has a checkpoint': (name) => writeFileSync(place(name, CHECKPOINT), ''),
  'has no checkpoint': (name) => remove(place(name, CHECKPOINT)),
  'has exported weights': (name) => writeFileSync(place(name, 'model.safetensors'), ''),
  'has exported weights elsewhere': (name) => {
    linkTo(`${runs}-weights`, place(name, 'model.safetensors'));
    writeFileSync(`${runs}-weights`, '');
  },
  'has none elsewhere any more': () => remove(`${runs}-weights`),
  'has an evaluation less': (name) => remove(place(name, 'evaluation/slow-greedy/settings.json')),
  'has all evaluations': (name) =>
    cpSync(path.join(model, 'evaluation'), place(name, 'evaluation'), { recursive: true }),
  'has an evaluation more': (name) =>
    cpSync(place(name, 'evaluation/auto-greedy'), place(name, 'evaluation/auto-n2-t1'), {
      recursive: true,
    }),
  'has a file for its evaluations': (name) => {
    remove(place(name, 'evaluation'));
    writeFileSync(place(name, 'evaluation'), '');
  },
  'is locked elsewhere': (name) => writeFileSync(place(name, FOREIGN_LOCK), ''),
  'is locked by who died': (name) => writeFileSync(place(name, DEAD_LOCK), ''),
  'is free': (name) => [FOREIGN_LOCK, DEAD_LOCK].forEach((lock) => remove(place(name, lock))),
};

const changes = fc.array(
  fc.record({
    change: fc.constantFrom(...Object.keys(CHANGES)),
    name: fc.constantFrom(...NAMES),
    /** Whether the page asks for the list after it. */
    isSeen: fc.boolean(),
  }),
  { maxLength: 12 },
);

/** Some can't be done, after others; what they leave half done is as good. */
function apply(change: string, name: string): void {
  try {
    CHANGES[change]!(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

/** A clock by which all changes lie long ago. */
const LATER = (): number => Date.now() + 3_600_000;

/** Waits until the file system's own time has gone on, so that the next change looks like no earlier one. */
function untilNextTick(): void {
  const probe = path.join(folder, 'probe');
  const tick = (): bigint => {
    writeFileSync(probe, '');
    return statSync(probe, { bigint: true }).ctimeNs;
  };
  for (const before = tick(); tick() === before;);
}

describe('the list that remembers', () => {
  it.each([
    ['that lie long ago', LATER, untilNextTick],
    ['that may look alike, since they come at once', Date.now, () => {}],
  ])('is what reading all runs gives, after changes %s', (_, clock, wait) => {
    fc.assert(
      fc.property(changes, (steps) => {
        begin();
        const list = runLister(places, clock);
        for (const { change, name, isSeen } of [
          { change: 'is free', name: 'a', isSeen: true },
          ...steps,
        ]) {
          apply(change, name);
          if (!isSeen) continue;
          expect(list()).toEqual(findRuns(places));
          wait();
        }
        expect(list()).toEqual(findRuns(places));
      }),
      { numRuns: 150 },
    );
  });

  it('reads only the runs that have changed', () => {
    const list = runLister(places, LATER);
    const before = list();
    untilNextTick();
    logLine(place('a'), { step: 250, validationLoss: 2 });
    const after = list();
    // One of them has its settings behind a link, so that it is read each time.
    expect(after.map((run, i) => run === before[i])).toEqual([false, false, true]);
    expect(after[0]!.summary.progress.step).toBe(250);
    expect(list().map((run, i) => run === after[i])).toEqual([true, false, true]);
  });

  it('trusts no file that has just changed', () => {
    const list = runLister(places);
    const before = list();
    expect(list().some((run, i) => run === before[i])).toBe(false);
  });

  it('knows when a process that trains has died, which no file tells', async () => {
    logLine(place('a'), { step: 250, validationLoss: 2 });
    rewrite(place('a', 'metrics.jsonl'), '{"step":2', '{"step":1');
    const lock = path.join(kitRoot, 'dist', 'src', 'lock.js');
    const code = `(await import(${JSON.stringify(lock)})).acquireLock(${JSON.stringify(place('a'))});
      process.stdout.write('locked'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
    await once(child.stdout, 'data');
    const list = runLister(places, LATER);
    const trains = () => list()[0]!.summary.progress.trains;
    expect([trains(), trains()]).toEqual([true, true]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(trains()).toBe(false);
  });

  it('holds the lock of this process for training, and forgets it', () => {
    rewrite(place('a', 'metrics.jsonl'), '{"step":2', '{"step":1');
    const list = runLister(places, LATER);
    list();
    untilNextTick();
    const release = acquireLock(place('a'));
    expect(list()[0]!.summary.progress.trains).toBe(true);
    release();
    expect(list()[0]!.summary.progress.trains).toBe(false);
  });
});
