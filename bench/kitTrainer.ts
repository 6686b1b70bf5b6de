/**
 * The kit's side of a workload, as a process that answers the requests of `programs.ts`.
 *
 *   node kitTrainer.js WORKLOAD THREADS
 */
import { createInterface } from 'node:readline';
import { splitBatch } from '../src/data/batch.ts';
import { bfloat16Problem, startBackend } from '../src/engine/backends.ts';
import type { Precision } from '../src/engine/program.ts';
import type { Trainer } from '../src/training/trainer.ts';
import { secondsOf } from './clock.ts';
import { LEARNING_RATE, type Opened } from './programs.ts';
import { partsOf, trainerOf } from './trainers.ts';
import { tokensOf, trainingData } from './trainingData.ts';
import type { Lap } from './turns.ts';
import { checkedUpdates, VARIANTS, WORKLOADS } from './workloads.ts';
import type { VariantName, Workload, WorkloadName } from './workloads.ts';

type Request = { open: VariantName } | { run: VariantName; from: number; to: number };

const [name, threads] = process.argv.slice(2) as [WorkloadName, string];
const workload: Workload = WORKLOADS[name];
const data = await trainingData(workload);
const { batches } = data;
const parts = partsOf(data, Number(threads));
const engine = await startBackend({ backend: 'tensorflow', threads: Number(threads), parts });
const pieces = batches.map((batch) => splitBatch(batch, parts));
const updates = new Map<VariantName, (i: number) => number>();

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(reply(JSON.parse(line) as Request))}\n`);
}

function reply(request: Request): Opened | Lap | { error: string } {
  try {
    return 'open' in request ? open(request.open) : run(request.run, request);
  } catch (error) {
    return { error: (error as Error).message.split('\n')[0]! };
  }
}

function open(variant: VariantName): Opened {
  const precision = VARIANTS[variant].precision as Precision;
  const problem = precision === 'bf16' ? bfloat16Problem(engine) : null;
  if (problem !== null) throw new Error(problem);
  const update = updater(trainerOf(workload, data, { parts, precision }));
  updates.set(variant, update);
  const losses = Array.from({ length: checkedUpdates(workload) }, () => update(0));
  // Kernels are compiled for every length that is met for the first time.
  if (workload.measures === 'speed') pieces.forEach((_, i) => update(i));
  return { losses, batches: batches.length, software: `${engine.name} ${engine.version}` };
}

function run(variant: VariantName, { from, to }: { from: number; to: number }): Lap {
  const update = updates.get(variant)!;
  const seconds = secondsOf(() => {
    for (let i = from; i < to; i++) update(i);
  });
  const tokens = batches.slice(from, to).reduce((sum, batch) => sum + tokensOf(batch), 0);
  return { seconds, tokens, steps: to - from };
}

/** An update on the i-th batch. */
function updater(trainer: Trainer): (i: number) => number {
  let step = 0;
  return (i) => trainer.update(pieces[i]!, ++step, LEARNING_RATE).loss;
}
