/**
 * The kit's side of a workload, as a process that answers the requests of `programs.ts`.
 *
 *   node kitTrainer.js WORKLOAD THREADS
 */
import { createInterface } from 'node:readline';
import { startBackend } from '../src/engine/backends.ts';
import { modelConfig } from '../src/model/config.ts';
import { createTrainer, type Trainer } from '../src/training/trainer.ts';
import { LEARNING_RATE, SETTINGS, startingParams, type Lap, type Opened } from './programs.ts';
import { shapeOf, tokensOf, trainingData } from './trainingData.ts';
import { checkedUpdates, VARIANTS, WORKLOADS } from './workloads.ts';
import type { VariantName, Workload, WorkloadName } from './workloads.ts';

/** What a trainer can compute in. */
const PRECISIONS: readonly string[] = ['fp32'];

type Request = { open: VariantName } | { run: VariantName; from: number; to: number };

const [name, threads] = process.argv.slice(2) as [WorkloadName, string];
const workload: Workload = WORKLOADS[name];
const engine = await startBackend({ backend: 'tensorflow', threads: Number(threads) });
const { batches, shapes, vocabSize } = await trainingData(workload);
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
  const { precision } = VARIANTS[variant];
  if (!PRECISIONS.includes(precision)) throw new Error(`the kit does not train in ${precision}`);
  const update = updater(newTrainer());
  updates.set(variant, update);
  const losses = Array.from({ length: checkedUpdates(workload) }, () => update(0));
  // A recorded graph is optimised when it first runs.
  const first = shapes.map((shape) => batches.findIndex((b) => shapeOf(b, shapes) === shape));
  if (workload.measures === 'speed') for (const i of first) update(i);
  return { losses, batches: batches.length, software: `${engine.name} ${engine.version}` };
}

function run(variant: VariantName, { from, to }: { from: number; to: number }): Lap {
  const update = updates.get(variant)!;
  const started = performance.now();
  for (let i = from; i < to; i++) update(i);
  const seconds = (performance.now() - started) / 1000;
  const tokens = batches.slice(from, to).reduce((sum, batch) => sum + tokensOf(batch), 0);
  return { seconds, tokens, steps: to - from };
}

function newTrainer(): Trainer {
  const config = modelConfig(workload.size, vocabSize);
  const params = startingParams(config);
  const zeros = new Float32Array(params.length);
  const start = { params, mean: zeros, square: zeros };
  return createTrainer(start, { config, settings: SETTINGS, shapes });
}

/** An update on the i-th batch. */
function updater(trainer: Trainer): (i: number) => number {
  let step = 0;
  return (i) => trainer.update(batches[i]!, ++step, LEARNING_RATE);
}
