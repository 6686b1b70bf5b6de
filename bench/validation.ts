/**
 * What the loss of a batch takes of the time that an update on it takes, which has a forward pass in it.
 * Without gradients the native library fuses other operations, some into much slower ones.
 */
import os from 'node:os';
import { splitBatch } from '../src/data/batch.ts';
import { startBackend } from '../src/engine/backends.ts';
import { secondsOf } from './clock.ts';
import { LEARNING_RATE } from './programs.ts';
import { median, type Row } from './rows.ts';
import { partsOf, trainerOf } from './trainers.ts';
import { trainingData, type TrainingData } from './trainingData.ts';
import { WORKLOADS, type WorkloadName } from './workloads.ts';

const MEASURED: readonly WorkloadName[] = ['training-tiny', 'training-s'];

export async function measureValidation(rounds = 9): Promise<Row[]> {
  const threads = os.availableParallelism();
  const measured = await Promise.all(
    MEASURED.map(async (name) => ({ name, data: await trainingData(WORKLOADS[name]) })),
  );
  const parts = Math.min(...measured.map(({ data }) => partsOf(data, threads)));
  await startBackend({ backend: 'tensorflow', threads, parts });
  return measured.map(({ name, data }) => measureLoss(name, { data, rounds, parts }));
}

function measureLoss(
  name: WorkloadName,
  { data, rounds, parts }: { data: TrainingData; rounds: number; parts: number },
): Row {
  const workload = WORKLOADS[name];
  const batches = data.batches.map((batch) => splitBatch(batch, parts));
  const trainer = trainerOf(workload, data, { parts, precision: 'fp32' });
  let step = 0;
  const update = (): void => {
    for (const pieces of batches) trainer.update(pieces, ++step, LEARNING_RATE);
  };
  const loss = (): void => {
    for (const pieces of batches) trainer.measure(pieces);
  };
  // Kernels are compiled at first.
  update();
  loss();
  const shares = Array.from({ length: rounds }, () => {
    const updates = secondsOf(update);
    return (100 * secondsOf(loss)) / updates;
  });
  trainer.dispose();
  const { size, title } = workload;
  return {
    name: `${size}, ${title}: the loss of a batch`,
    value: median(shares),
    unit: '% of an update',
  };
}
