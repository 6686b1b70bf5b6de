/** Blocks of proposals in their order, part by part, made by one thread or by several. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { InputError } from '../../envs/inputError.ts';
import type { Ahead } from './ahead.ts';
import { tokenCounts } from './examples.ts';
import { BEGINNING, BLOCK, createProposer, endOf, type Part } from './proposals.ts';
import type { ProposalSettings, Start } from './proposals.ts';

export interface BlockWorkerData {
  readonly settings: ProposalSettings;
  /** Where blocks go on that were begun earlier. */
  readonly starts: ReadonlyMap<number, Start>;
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
  /** The first block, and where in it the first part begins. */
  readonly first: number;
  readonly start: Start;
  /** Holds the parts that are finished already, and takes those that are before their turn. */
  readonly ahead: Ahead;
  /** Tasks that the reader still lacks, when it asks for a block. */
  readonly lacking: () => number;
  /** Called when the reader must wait, and again whenever a part has come before its turn. */
  readonly onWait: () => void;
}

/** The parts of blocks `first`, `first` + 1, … without end. With one job, all is done in this thread. */
export function proposeBlocks(
  settings: ProposalSettings,
  options: BlockOptions,
): AsyncGenerator<Part, never, undefined> {
  return options.jobs > 1 ? inWorkers(settings, options) : inThisThread(settings, options);
}

async function* inThisThread(
  settings: ProposalSettings,
  { first, start, ahead }: BlockOptions,
): AsyncGenerator<Part, never, undefined> {
  const propose = createProposer(settings);
  for (let block = first; ; block++) {
    let at = block === first ? start : BEGINNING;
    for (let part = ahead.take(block, at.offset); part !== undefined;) {
      at = endOf(part);
      yield part;
      part = ahead.take(block, at.offset);
    }
    for (const part of propose(block, at)) {
      yield part;
      // Lets signals and timers come through.
      await setImmediate();
    }
  }
}

async function* inWorkers(
  settings: ProposalSettings,
  { jobs, first, start, ahead, lacking, onWait }: BlockOptions,
): AsyncGenerator<Part, never, undefined> {
  const next = sharedCounter(first);
  const limit = sharedCounter(first + AHEAD * jobs);
  let failure: unknown;
  let wake = (): void => {};

  const starts = new Map([[first, start], ...ahead.starts()]);
  const workerData: BlockWorkerData = { settings, starts, next, limit };
  const options = { workerData, execArgv: [] };
  const workers = Array.from({ length: jobs }, () => new Worker(WORKER, options));
  for (const worker of workers) {
    worker.on('message', (part: Part) => {
      ahead.add(part);
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
  /** Lets the workers begin some blocks more, all of those before `block` being taken. */
  const allowAhead = (block: number): void => {
    const most = Math.max(AHEAD * jobs, Math.floor(TOKENS_AHEAD / tokens));
    // Towards the end no more than is likely wanted, but something for every worker to do.
    const useful = Math.max(stillWanted(block - first), 1 + jobs);
    Atomics.store(limit, 0, block + Math.min(most, MOST_AHEAD, useful));
    Atomics.notify(limit, 0);
  };
  const nextPart = async (block: number, from: number): Promise<Part> => {
    for (;;) {
      const part = ahead.take(block, from);
      if (part !== undefined) return part;
      if (failure !== undefined) throw failure;
      onWait();
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  try {
    for (let block = first; ; block++) {
      if (block > first) allowAhead(block);
      let ofBlock = 0;
      for (let from = block === first ? start.offset : 0; from < BLOCK;) {
        const part = await nextPart(block, from);
        from = part.to;
        const { prompt, reasoning, plan } = tokenCounts(part.examples);
        ofBlock += prompt + reasoning + plan;
        yield part;
      }
      tokens = Math.max(tokens, ofBlock);
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
