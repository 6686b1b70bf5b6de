/** Blocks of proposals in their order, made by one thread or by several. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { InputError } from '../../envs/inputError.ts';
import { tokenCounts } from './examples.ts';
import { type Block, createProposer, type ProposalSettings } from './proposals.ts';

export interface BlockWorkerData {
  readonly settings: ProposalSettings;
  /** [1] The lowest block that no worker has taken. */
  readonly next: Int32Array;
  /** [1] The lowest block that must not be begun yet, for memory's sake. */
  readonly limit: Int32Array;
}

/** Blocks by which each worker may be ahead of the reader, at least. */
const AHEAD = 4;

/**
 * Token ids by which all workers together may be ahead, where that is more: about what they make
 * while the reader writes a shard, so that they don't stand still meanwhile.
 */
const TOKENS_AHEAD = 16_000_000;

/** Blocks, however few tasks of them are kept. */
const MOST_AHEAD = 1024;

export interface BlockOptions {
  readonly jobs: number;
  readonly first: number;
  /** Tasks that the reader still lacks, when it asks for a block. */
  readonly lacking: () => number;
}

/** Blocks `first`, `first` + 1, … without end. With one job, all is done in this thread. */
export function proposeBlocks(
  settings: ProposalSettings,
  options: BlockOptions,
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
  { jobs, first, lacking }: BlockOptions,
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
    worker.on('exit', (code) => {
      failure ??= new InputError(
        `a worker thread ended before its time (exit code ${code}); what was saved is kept`,
      );
      wake();
    });
  }
  /** In the largest block so far. */
  let tokens = 1;
  const lackedAtFirst = lacking();
  /** Blocks that the reader will still want, by what it has taken from those before. */
  const stillWanted = (taken: number): number => {
    const lacked = lacking();
    const found = lackedAtFirst - lacked;
    return found === 0 ? Infinity : Math.ceil((lacked * taken) / found);
  };
  try {
    for (let index = first; ; index++) {
      while (!ready.has(index)) {
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const block = ready.get(index)!;
      ready.delete(index);
      const { prompt, reasoning, plan } = tokenCounts(block.examples);
      tokens = Math.max(tokens, prompt + reasoning + plan);
      const ahead = Math.max(AHEAD * jobs, Math.floor(TOKENS_AHEAD / tokens));
      // Towards the end no more than is likely wanted, but something for every worker to do.
      const useful = Math.max(stillWanted(index - first), 1 + jobs);
      Atomics.store(limit, 0, index + Math.min(1 + ahead, MOST_AHEAD, useful));
      Atomics.notify(limit, 0);
      yield block;
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
