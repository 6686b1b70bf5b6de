/**
 * What the loss of a batch takes of the time that an update on it takes, which has a forward pass in it.
 * Without gradients the native library fuses other operations, some into much slower ones.
 */
import os from 'node:os';
import { splitBatch } from '../src/data/batch.ts';
import { startBackend } from '../src/engine/backends.ts';
import { median, type Row } from './rows.ts';
import { trainerOf } from './trainers.ts';
import { trainingData } from './trainingData.ts';
import { LEARNING_RATE } from './programs.ts';
import { WORKLOADS, type WorkloadName } from './workloads.ts';

const MEASURED: readonly WorkloadName[] = ['training-tiny', 'training-s'];

export async function measureValidation(rounds = 9): Promise<Row[]> {
  const parts = os.availableParallelism();
  await startBackend({ backend: 'tensorflow', threads: parts, parts });
  const rows: Row[] = [];
  for (const name of MEASURED) rows.push(await measureLoss(name, { rounds, parts }));
  return rows;
}

async function measureLoss(
  name: WorkloadName,
  { rounds, parts }: { rounds: number; parts: number },
): Promise<Row> {
  const workload = WORKLOADS[name];
  const data = await trainingData(workload);
  const batches = data.batches.map((batch) => splitBatch(batch, parts));
  const trainer = trainerOf(workload, data, { parts, precision: 'fp32' });
  let step = 0;
  const update = (): unknown =>
    batches.map((pieces) => trainer.update(pieces, ++step, LEARNING_RATE));
  const loss = (): unknown => batches.map((pieces) => trainer.loss(pieces));
  // Kernels are compiled at first.
  update();
  loss();
  const shares = Array.from({ length: rounds }, () => {
    const updates = seconds(update);
    return (100 * seconds(loss)) / updates;
  });
  trainer.dispose();
  const { size, title } = workload;
  return {
    name: `${size}, ${title}: the loss of a batch`,
    value: median(shares),
    unit: '% of an update',
  };
}

function seconds(work: () => unknown): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}
