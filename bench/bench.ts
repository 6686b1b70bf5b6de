/**
 * `npm run bench`: generation, training and rollouts on this machine, each part in a process of its
 * own, so that its peak memory is its own. Prints a table and writes it to results/bench.
 */
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBackend } from '../src/engine/backends.ts';
import { writeFileAtomic, writeJsonAtomic } from '../src/files.ts';
import { kitRoot, kitVersion } from '../src/kitPackage.ts';
import { toMarkdown, toTerminal, type Table } from '../src/report/table.ts';
import { measureGeneration } from './generation.ts';
import { measureRollouts } from './rollouts.ts';
import type { Row } from './rows.ts';
import { measureTraining } from './training.ts';

interface Measurement {
  readonly rows: readonly Row[];
  /** MiB, of the whole process. */
  readonly peakMemory: number;
  readonly engine: string | null;
}

/** What each part measures, and on how many threads of the tensor engine (0: it needs none). */
const PARTS: Readonly<Record<string, { threads: number; measure: () => Promise<Row[]> | Row[] }>> =
  {
    generation: { threads: 0, measure: () => measureGeneration() },
    ...overThreads('training-tiny', () => measureTraining('tiny', 60)),
    ...overThreads('training-s', () => measureTraining('s', 10)),
    ...overThreads('rollouts-tiny', () => measureRollouts('tiny', 5)),
    ...overThreads('rollouts-s', () => measureRollouts('s', 2)),
  };

const [part] = process.argv.slice(2);
if (part !== undefined) {
  process.stdout.write(JSON.stringify(await measurePart(part)));
} else {
  measureAll();
}

async function measurePart(name: string): Promise<Measurement> {
  const { threads, measure } = PARTS[name]!;
  const backend = threads === 0 ? null : await startBackend({ threads });
  const rows = await measure();
  const engine = backend && `${backend.name} ${backend.version}`;
  return { rows, engine, peakMemory: process.resourceUsage().maxRSS / 1024 };
}

function measureAll(): void {
  const cells: string[][] = [];
  const measured: Record<string, Measurement> = {};
  for (const [name, { threads }] of Object.entries(PARTS)) {
    process.stderr.write(`${name} …\n`);
    const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const measurement = JSON.parse(output) as Measurement;
    measured[name] = measurement;
    for (const row of measurement.rows) cells.push(cellsOf(row, threads, measurement.peakMemory));
  }
  const table: Table = {
    columns: [
      { title: 'what' },
      { title: 'threads', align: 'right' },
      { title: 'measured', align: 'right' },
      { title: 'unit' },
      { title: 'released code', align: 'right' },
      { title: 'ratio', align: 'right' },
      { title: 'peak memory, MiB', align: 'right' },
    ],
    rows: cells,
  };
  const engines = Object.values(measured).flatMap(({ engine }) => engine ?? []);
  const cpu = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  const machine =
    `${cpu}, ${os.availableParallelism()} cores, Node ${process.version}, ` +
    `${[...new Set(engines)].join(', ')}, kit ${kitVersion()}`;
  process.stdout.write(`${toTerminal(table)}${machine}\n`);
  const folder = path.join(kitRoot, 'results', 'bench');
  writeJsonAtomic(path.join(folder, 'bench.json'), { machine, measured });
  writeFileAtomic(
    path.join(folder, 'bench.md'),
    `# Speed\n\nMade by \`npm run bench\`. ${machine}.\n\n${toMarkdown(table)}\n`,
    'Training and rollouts: medians of wall time. Generation: seconds of the processor on one thread; ' +
      'the released code is the Python generator of Searchformer on one core of a 2-core server.\n',
  );
}

function cellsOf({ name, value, unit, reference }: Row, threads: number, memory: number): string[] {
  const whole = value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
  const compared =
    reference === undefined ? ['–', '–'] : [`${reference}`, `${Math.round(value / reference)}×`];
  return [name, String(Math.max(1, threads)), whole, unit, ...compared, memory.toFixed(0)];
}

function overThreads(name: string, measure: () => Promise<Row[]> | Row[]): typeof PARTS {
  const cores = os.availableParallelism();
  return Object.fromEntries(
    [...new Set([1, cores])].map((threads) => [`${name}-${threads}`, { threads, measure }]),
  );
}
