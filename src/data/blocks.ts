/** Blocks of proposals in their order, made by one thread or by several. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Block, createProposer, type ProposalSettings } from './proposals.ts';

export interface BlockWorkerData {
  readonly settings: ProposalSettings;
  /** [1] The lowest block that no worker has taken. */
  readonly next: Int32Array;
  /** [1] The lowest block that must not be begun yet, for memory's sake. */
  readonly limit: Int32Array;
}

/** Blocks by which the workers may be ahead of the reader, per worker. */
const AHEAD = 4;

/** Blocks `first`, `first` + 1, … without end. With one job, all is done in this thread. */
export function proposeBlocks(
  settings: ProposalSettings,
  options: { readonly jobs: number; readonly first: number },
): AsyncGenerator<Block, never, undefined> {
  return options.jobs > 1 ? inWorkers(settings, options) : inThisThread(settings, options.first);
}

async function* inThisThread(
  settings: ProposalSettings,
  first: number,
): AsyncGenerator<Block, never, undefined> {
  const propose = createProposer(settings);
  for (let index = first; ; index++) {
    yield propose(index);
    // Lets signals and timers come through.
    await setImmediate();
  }
}

async function* inWorkers(
  settings: ProposalSettings,
  { jobs, first }: { readonly jobs: number; readonly first: number },
): AsyncGenerator<Block, never, undefined> {
  const next = sharedCounter(first);
  const limit = sharedCounter(first + AHEAD * jobs);
  const ready = new Map<number, Block>();
  let failure: unknown;
  let wake = (): void => {};

  const workerData: BlockWorkerData = { settings, next, limit };
  const options = { workerData, execArgv: [] };
  const workers = Array.from({ length: jobs }, () => new Worker(WORKER, options));
  for (const worker of workers) {
    worker.on('message', (block: Block) => {
      ready.set(block.index, block);
      wake();
    });
    worker.on('error', (error) => {
      failure ??= error;
      wake();
    });
  }
  try {
    for (let index = first; ; index++) {
      while (!ready.has(index)) {
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => (wake = resolve));
      }
      yield ready.get(index)!;
      ready.delete(index);
      Atomics.add(limit, 0, 1);
      Atomics.notify(limit, 0);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Workers run compiled code, also when this file is run from its source. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/src/data/blockWorker.js' : './blockWorker.js',
  import.meta.url,
);

function sharedCounter(value: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4)).fill(value);
}
