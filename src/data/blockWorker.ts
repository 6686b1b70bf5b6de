/** A worker thread that makes blocks until it is terminated; see `blocks.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BlockWorkerData } from './blocks.ts';
import { type Examples, SCALAR_COLUMNS, TOKEN_COLUMNS } from './examples.ts';
import { createProposer } from './proposals.ts';

const { settings, starts, next, limit } = workerData as BlockWorkerData;
const propose = createProposer(settings);
for (;;) {
  const block = Atomics.add(next, 0, 1);
  for (;;) {
    const allowed = Atomics.load(limit, 0);
    if (block < allowed) break;
    Atomics.wait(limit, 0, allowed);
  }
  for (const part of propose(block, starts.get(block))) {
    parentPort!.postMessage(part, buffersOf(part.examples));
  }
}

function buffersOf(examples: Examples): ArrayBuffer[] {
  return [
    ...SCALAR_COLUMNS.map((name) => examples[name].buffer),
    ...TOKEN_COLUMNS.flatMap((name) => [examples[name].ids.buffer, examples[name].offsets.buffer]),
  ] as ArrayBuffer[];
}
