/**
 * Loaded into a process ahead of the kit (`node --import`), this lets it fail at a chosen moment.
 *
 * A moment is whenever the process is about to change the folder KIT_FAULTS.folder: to make, fill,
 * rename or remove a file. What a process leaves behind changes only then, so a kill at a moment
 * stands for one at any time since the moment before; no clock is needed.
 *
 * Work is counted too: the tasks of a data set that are solved, in whatever thread.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import timers from 'node:timers/promises';
import workerThreads from 'node:worker_threads';

const {
  folder,
  /** The moment of a SIGKILL, from 1, and the share of the bytes that a write brings in before it. */
  killAt,
  share = 0,
  /** The number of solved tasks at which all threads together are killed. */
  killAfterTasks = Infinity,
  /** The message from a worker thread, from 1, at which one is ended, the one at this share of them. */
  endWorkerAt,
  /** Bytes that all files of the folder may take together. */
  room = Infinity,
  /** How many milliseconds pass with each part of a data set, if no others are to count. */
  hurry = 0,
  /** Where to write how many moments there were, and what room the folder takes. */
  report,
} = JSON.parse(process.env.KIT_FAULTS);

const original = { ...fs };
const open = new Set();
let moments = 0;
let messages = 0;

const isOurs = (file) => path.resolve(String(file)).startsWith(folder + path.sep);
const isNow = () => ++moments === killAt;
const die = () => {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
};

for (const name of ['mkdirSync', 'renameSync', 'rmSync', 'rmdirSync', 'unlinkSync']) {
  fs[name] = (file, ...rest) => {
    if (isOurs(file) && isNow()) die();
    return original[name](file, ...rest);
  };
}

fs.openSync = (file, flags, ...rest) => {
  const counts = isOurs(file) && (flags ?? 'r') !== 'r';
  if (counts && isNow()) die();
  const descriptor = original.openSync(file, flags, ...rest);
  if (counts) open.add(descriptor);
  return descriptor;
};

fs.closeSync = (descriptor) => {
  open.delete(descriptor);
  original.closeSync(descriptor);
};

fs.writeSync = (descriptor, bytes, offset = 0, length = bytes.length - offset) => {
  if (!open.has(descriptor)) return original.writeSync(descriptor, bytes, offset, length);
  if (isNow()) {
    original.writeSync(descriptor, bytes, offset, Math.floor(share * length));
    die();
  }
  const fits = room === Infinity ? length : Math.min(length, room - sizeOf(folder));
  if (length > 0 && fits <= 0) {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }
  // As much as there is room for, as the system does it.
  return original.writeSync(descriptor, bytes, offset, fits);
};

fs.appendFileSync = (file, content) => {
  const bytes = Buffer.from(content);
  const descriptor = fs.openSync(file, 'a');
  try {
    for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at);
  } finally {
    fs.closeSync(descriptor);
  }
};

for (const name of ['writeFileSync', 'copyFileSync', 'cpSync', 'truncateSync']) {
  fs[name] = (...args) => {
    if (args.slice(0, 2).some((file) => typeof file === 'string' && isOurs(file))) {
      throw new Error(`faults.js does not know how ${name} fails`);
    }
    return original[name](...args);
  };
}

// A part is made by this thread, which then lets others come through, or sent by a worker.
let now = Date.now();
const nextTurn = timers.setImmediate;
if (hurry > 0) {
  for (const clock of [Date, performance]) clock.now = () => now;
  timers.setImmediate = (...args) => {
    now += hurry;
    return nextTurn(...args);
  };
}

/** [1] Shared by all threads. */
const solved = workerThreads.workerData?.solved ?? new Int32Array(new SharedArrayBuffer(4));
const ENOUGH = 'enough';

// Each task that is kept, and nothing else there, is hashed in this way.
const { hash } = crypto;
crypto.hash = (...args) => {
  if (Atomics.add(solved, 0, 1) >= killAfterTasks) {
    if (workerThreads.isMainThread) die();
    workerThreads.parentPort.postMessage(ENOUGH);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  return hash(...args);
};

/** Lets the main thread first deal with all that the workers have sent. */
async function dieSoon() {
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  die();
}

const workers = [];
workerThreads.Worker = class extends workerThreads.Worker {
  constructor(file, options) {
    const workerData = { ...options.workerData, solved };
    super(file, { ...options, workerData, execArgv: ['--import', import.meta.url] });
    workers.push(this);
    this.on('message', () => {
      now += hurry;
      if (++messages === endWorkerAt) void workers[Math.floor(share * workers.length)].terminate();
    });
  }
  on(event, listener) {
    if (event !== 'message') return super.on(event, listener);
    return super.on(event, (message) => void (message === ENOUGH ? dieSoon() : listener(message)));
  }
};

if (report !== undefined && workerThreads.isMainThread) {
  process.on('exit', () =>
    original.writeFileSync(report, JSON.stringify({ moments, room: sizeOf(folder) })),
  );
}
syncBuiltinESMExports();

function sizeOf(at) {
  if (!original.existsSync(at)) return 0;
  return original
    .readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, { parentPath, name }) => sum + original.statSync(path.join(parentPath, name)).size,
      0,
    );
}
