/** A worker thread that makes blocks until it is terminated; see `blocks.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BlockWorkerData } from './blocks.ts';
import { type Examples, SCALAR_COLUMNS, TOKEN_COLUMNS } from './examples.ts';
import { createProposer } from './proposals.ts';

const { settings, next, limit } = workerData as BlockWorkerData;
const propose = createProposer(settings);
for (;;) {
  const index = Atomics.add(next, 0, 1);
  for (;;) {
    const allowed = Atomics.load(limit, 0);
    if (index < allowed) break;
    Atomics.wait(limit, 0, allowed);
  }
  const block = propose(index);
  parentPort!.postMessage(block, buffersOf(block.examples));
}

function buffersOf(examples: Examples): ArrayBuffer[] {
  return [
    ...SCALAR_COLUMNS.map((name) => examples[name].buffer),
    ...TOKEN_COLUMNS.flatMap((name) => [examples[name].ids.buffer, examples[name].offsets.buffer]),
  ] as ArrayBuffer[];
}
