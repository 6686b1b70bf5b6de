/**
 * What the kit does without anything to run beside it: generation and rollouts, each part in a
 * process of its own, so that its peak memory is its own.
 *
 *   node alone.js PART THREADS
 */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startBackend } from '../src/engine/backends.ts';
import type { Table } from '../src/report/table.ts';
import { measureGeneration } from './generation.ts';
import { measureRollouts } from './rollouts.ts';
import type { Row } from './rows.ts';

interface Part {
  /** `one`: computes without tensors. */
  readonly threads: 'one' | 'and one';
  readonly measure: (threads: number) => Promise<Row[]>;
}

export const ALONE = {
  generation: { threads: 'one', measure: () => measureGeneration() },
  'rollouts-tiny': {
    threads: 'and one',
    measure: (threads) => measureRollouts('tiny', { repetitions: 5, threads }),
  },
  'rollouts-s': {
    threads: 'and one',
    measure: (threads) => measureRollouts('s', { repetitions: 2, threads }),
  },
} as const satisfies Record<string, Part>;

export type AloneName = keyof typeof ALONE;

export interface Alone {
  readonly part: AloneName;
  readonly threads: number;
  readonly rows: readonly Row[];
  /** The tensor engine and its version; null if none ran. */
  readonly software: string | null;
  /** MiB, of the whole process. */
  readonly peakMemory: number;
}

export function measureAlone(part: AloneName, threads: number): Alone {
  const self = fileURLToPath(import.meta.url);
  const output = execFileSync(process.execPath, [self, part, String(threads)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { part, threads, ...(JSON.parse(output) as Omit<Alone, 'part' | 'threads'>) };
}

export function aloneTable(measured: readonly Alone[]): Table {
  return {
    columns: [
      { title: 'what' },
      { title: 'threads', align: 'right' },
      { title: 'measured', align: 'right' },
      { title: 'unit' },
      { title: 'released code', align: 'right' },
      { title: 'ratio', align: 'right' },
      { title: 'peak memory, MiB', align: 'right' },
    ],
    rows: measured.flatMap(({ rows, threads, peakMemory }) =>
      rows.map((row) => cellsOf(row, threads, peakMemory)),
    ),
  };
}

function cellsOf({ name, value, unit, reference }: Row, threads: number, memory: number): string[] {
  const digits = value < 10 ? 2 : 1;
  const whole = value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(digits);
  const compared =
    reference === undefined ? ['–', '–'] : [`${reference}`, `${Math.round(value / reference)}×`];
  return [name, String(threads), whole, unit, ...compared, memory.toFixed(0)];
}

const [executed, part, count] = process.argv.slice(1);
if (executed !== undefined && realpathSync(executed) === fileURLToPath(import.meta.url)) {
  const { threads, measure } = ALONE[part as AloneName];
  const backend =
    threads === 'one' ? null : await startBackend({ threads: Number(count), parts: Number(count) });
  const software = backend && `${backend.name} ${backend.version}`;
  const rows = await measure(Number(count));
  const peakMemory = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ rows, software, peakMemory }));
}
