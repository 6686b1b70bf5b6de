/**
 * Traces per second that generation makes on one core: proposed, searched and tokenised, with
 * rejection included, and the same into Parquet files. Seconds are those of the processor, so that
 * other programs on the machine count little. The references are what the released generator of
 * Searchformer (Python) reached on one core of a 2-core server.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { generateDataset, type GenerationSettings } from '../src/data/generate.ts';
import { createProposer } from '../src/data/proposals.ts';
import type { Row } from './rows.ts';

interface Workload {
  readonly name: string;
  readonly task: GenerationSettings['task'];
  /** Traces per second of the released generator. */
  readonly reference: number;
}

const maze = (side: number, reference: number): Workload => ({
  name: `maze ${side}×${side}, nondeterministic`,
  task: mazeTask(side),
  reference,
});

const sokoban = { environment: 'sokoban', width: 7, height: 7, boxes: 2, walls: 2 };

export const WORKLOADS: readonly Workload[] = [
  maze(10, 285),
  maze(20, 44.5),
  maze(30, 15.2),
  { name: 'Sokoban 7×7, 2 boxes, 2 walls, nondeterministic', task: sokoban, reference: 2.4 },
];

/** @param seconds how long each of the figures is measured, roughly */
export async function measureGeneration(seconds = 3): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, task, reference } of WORKLOADS) {
    const searched = measureSearch(settingsOf(task, 1), seconds);
    const written = await measureWriting(task, Math.ceil(searched * seconds));
    const unit = 'traces/s';
    rows.push({ name: `${name}: searched and tokenised`, value: searched, unit, reference });
    rows.push({ name: `${name}: into Parquet`, value: written, unit, reference });
  }
  return rows;
}

/** The papers' mazes. */
export function mazeTask(side: number): GenerationSettings['task'] {
  const walls = { walls: [0.3, 0.5] };
  return { environment: 'maze', width: side, height: side, ...walls };
}

export function settingsOf(
  task: GenerationSettings['task'],
  trainCount: number,
): GenerationSettings {
  return {
    task,
    trainCount,
    validationCount: 0,
    testCount: 0,
    tasksPerLayout: 1,
    nondeterministic: true,
    maxTokens: 10_000,
    seed: 'bench',
  };
}

function measureSearch(settings: GenerationSettings, seconds: number): number {
  const propose = createProposer(settings);
  // The first blocks compile the code.
  for (let index = 0; index < 3; index++) propose(index);
  let traces = 0;
  const elapsed = stopwatch();
  for (let index = 3; elapsed() < seconds; index++) traces += propose(index).examples.count;
  return traces / elapsed();
}

async function measureWriting(task: Workload['task'], count: number): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kit-bench-'));
  try {
    await generateDataset(settingsOf(task, 100), { out: path.join(folder, 'first') });
    const elapsed = stopwatch();
    await generateDataset(settingsOf(task, count), { out: path.join(folder, 'second') });
    return count / elapsed();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds of processor time since the call, of all threads of this process. */
function stopwatch(): () => number {
  const begun = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1e6;
  };
}
