/**
 * One process at a time in a folder.
 *
 * Every contender first announces itself by a file whose name alone says who it is (host, process
 * id, start time of the process), and then looks for the others. Whoever sees another live one
 * withdraws. Of two that come at once, each sees the other or is seen by it, so that never both
 * go on; and since a name is created in one piece, no contender is ever read half-written. Files
 * of processes that died are removed by the next contender.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { InputError } from '../envs/inputError.ts';
import { explainWriteError, makeFolder } from './files.ts';

const PREFIX = '.lock-';
/** Two that withdrew before each other try again, each after a pause of its own. */
const ATTEMPTS = 3;

/** Whether a file of this name is part of a lock and no content of the folder. */
export function isLockFile(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * Locks `folder`, which is created if need be, until the returned function is called or the
 * process ends. @throws InputError if another process, or this one, holds the lock
 */
export function acquireLock(folder: string): () => void {
  const file = path.join(folder, lockName(process.pid));
  for (let attempt = 1; ; attempt++) {
    announce(file, folder);
    const other = liveHolder(folder, path.basename(file));
    if (other === null) return () => rmSync(file, { force: true });
    rmSync(file, { force: true });
    if (attempt === ATTEMPTS) throw new InputError(`${folder}: is in use by ${other}`);
    pause(attempt * (5 + (process.pid % 40)));
  }
}

function announce(file: string, folder: string): void {
  makeFolder(folder);
  try {
    closeSync(openSync(file, 'wx'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new InputError(`${folder}: is in use by this process`);
    }
    throw explainWriteError(error, folder);
  }
}

/**
 * Whether a live process holds the lock of `folder`; null if that can't be known from here, as of a process on
 * another machine. Changes nothing.
 */
export function isLocked(folder: string): boolean | null {
  const states = readdirSync(folder)
    .filter(isLockFile)
    .map((name) => holderOf(name).state);
  if (states.includes('live')) return true;
  return states.every((state) => state === 'dead') ? false : null;
}

/** The first other process that holds or contends for the lock; removes what dead ones left. */
function liveHolder(folder: string, own: string): string | null {
  for (const name of readdirSync(folder)) {
    if (!isLockFile(name) || name === own) continue;
    const { state, host, pid } = holderOf(name);
    if (state === 'unknown') return `whoever made ${name}; remove it if nobody works there`;
    if (state === 'elsewhere') {
      return `process ${pid} on ${host}; if that one is gone, remove ${path.join(folder, name)}`;
    }
    if (state === 'live') return `process ${pid}`;
    rmSync(path.join(folder, name), { force: true });
  }
  return null;
}

interface Holder {
  readonly state: 'live' | 'dead' | 'elsewhere' | 'unknown';
  readonly host: string | undefined;
  readonly pid: string | undefined;
}

/** Who made a file of a lock, by its name. */
function holderOf(name: string): Holder {
  const [, host, pid] = /^\.lock-(.*)-(\d+)-\d*$/.exec(name) ?? [];
  if (host === undefined) return { state: 'unknown', host, pid };
  if (host !== hostName()) return { state: 'elsewhere', host, pid };
  const lives = startTime(Number(pid)) !== null && name === lockName(Number(pid));
  return { state: lives ? 'live' : 'dead', host, pid };
}

function lockName(pid: number): string {
  return `${PREFIX}${hostName()}-${pid}-${startTime(pid) ?? 0}`;
}

function hostName(): string {
  return os.hostname().replaceAll(/[^\w.-]/g, '_');
}

/** Tells a process from an earlier one with the same id; null if there is no such process. */
function startTime(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return String(Date.parse(stdout ?? '') / 1000 || 0);
  }
  try {
    // What follows the command, which may hold spaces: the state first, the start time twentieth.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()!.split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19]!;
  } catch {
    return null;
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
