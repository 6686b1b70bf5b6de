/**
 * Traces per second that generation makes on one core: proposed, searched and tokenised, with
 * rejection included, and the same into Parquet files. Seconds are those of the processor, so that
 * other programs on the machine count little. What a second core gains is told by the clock alone, and
 * only on a machine that does nothing else: it is the time of the whole command held to one core,
 * over its time on two. (With one job on two cores, collection of garbage and compilation would take
 * some of the second already.) The references are what the released generator of
 * Searchformer (Python) reached on one core of a 2-core server.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { generateDataset, type GenerationSettings } from '../src/data/generate.ts';
import { createProposer } from '../src/data/proposals.ts';
import { kitRoot } from '../src/kitPackage.ts';
import { clockedOn, twoCores } from './cores.ts';
import { median, type Row } from './rows.ts';

const log = (line: string): boolean => process.stderr.write(`${line}\n`);

interface Workload {
  readonly name: string;
  /** The command that generates it, without its count; where a second core is measured. */
  readonly command?: readonly string[];
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
  { ...maze(30, 15.2), command: ['gen-mazes', '--size', '30'] },
  {
    name: 'Sokoban 7×7, 2 boxes, 2 walls, nondeterministic',
    task: sokoban,
    reference: 2.4,
    command: ['gen-sokoban'],
  },
];

/** @param seconds how long each of the figures is measured, roughly */
export async function measureGeneration(seconds = 3): Promise<Row[]> {
  const rows: Row[] = [];
  const two = twoCores();
  if (two.cores === null) log(`no generation on two cores against one: ${two.reason}`);
  for (const { name, task, reference, command } of WORKLOADS) {
    const searched = measureSearch(settingsOf(task, 1), seconds);
    const written = await measureWriting(task, Math.ceil(searched * seconds));
    const unit = 'traces/s';
    rows.push({ name: `${name}: searched and tokenised`, value: searched, unit, reference });
    rows.push({ name: `${name}: into Parquet`, value: written, unit, reference });
    if (command !== undefined && two.cores !== null) {
      // Long enough for the start, which does not grow, to count little.
      const count = Math.ceil(10 * written * seconds);
      const value = await measureSecondCore([...command, '--count', `${count}`], two.cores);
      rows.push({ name: `${name}: kit ${command[0]!} on 2 cores, against 1`, value, unit: '×' });
    }
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
  const countTraces = (block: number): number =>
    [...propose(block)].reduce((sum, { examples }) => sum + examples.count, 0);
  // The first blocks compile the code.
  for (let block = 0; block < 3; block++) countTraces(block);
  let traces = 0;
  const elapsed = stopwatch();
  for (let block = 3; elapsed() < seconds; block++) traces += countTraces(block);
  return traces / elapsed();
}

/** The command's seconds on one core over those on two: the median of rounds, in turns. */
async function measureSecondCore(
  command: readonly string[],
  [first, second]: readonly [number, number],
): Promise<number> {
  const kit = path.join(kitRoot, 'bin', 'kit.js');
  const clocked = (cores: readonly number[]): Promise<number> =>
    inFolder((out) =>
      clockedOn(cores, [kit, ...command, '--nondeterministic', '--quiet', '--out', out]),
    );
  const ratios: number[] = [];
  for (let round = 0; round < 3; round++) {
    const [one, both] = [await clocked([first]), await clocked([first, second])];
    ratios.push(one / both);
  }
  return median(ratios);
}

async function measureWriting(task: Workload['task'], count: number): Promise<number> {
  const settings = settingsOf(task, count);
  await inFolder((out) => generateDataset({ ...settings, trainCount: 100 }, { out }));
  return inFolder(async (out) => {
    const elapsed = stopwatch();
    await generateDataset(settings, { out });
    return count / elapsed();
  });
}

/** Calls with a folder that is removed afterwards. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kit-bench-'));
  try {
    return await work(path.join(folder, 'data'));
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
