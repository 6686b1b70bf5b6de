/**
 * What the kit does without anything to run beside it, each part in a process of its own, so that its
 * peak memory is its own.
 *
 *   node alone.js PART
 */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Table } from '../src/report/table.ts';
import { measureGeneration } from './generation.ts';
import { measurePlayground } from './playground.ts';
import type { Row } from './rows.ts';
import { measureValidation } from './validation.ts';

export const ALONE = {
  validation: () => measureValidation(),
  generation: () => measureGeneration(),
  playground: () => measurePlayground(),
} as const satisfies Record<string, () => Promise<Row[]>>;

export type AloneName = keyof typeof ALONE;

export interface Alone {
  readonly part: AloneName;
  readonly rows: readonly Row[];
  /** MiB, of the whole process, browsers apart. */
  readonly peakMemory: number;
}

export function measureAlone(part: AloneName): Alone {
  const self = fileURLToPath(import.meta.url);
  const output = execFileSync(process.execPath, [self, part], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { part, ...(JSON.parse(output) as Omit<Alone, 'part'>) };
}

export function aloneTable(measured: readonly Alone[]): Table {
  return {
    columns: [
      { title: 'what' },
      { title: 'measured', align: 'right' },
      { title: 'unit' },
      { title: 'released code', align: 'right' },
      { title: 'ratio', align: 'right' },
      { title: 'peak memory, MiB', align: 'right' },
    ],
    rows: measured.flatMap(({ rows, peakMemory }) => rows.map((row) => cellsOf(row, peakMemory))),
  };
}

function cellsOf({ name, value, unit, reference }: Row, memory: number): string[] {
  const digits = value < 10 ? 2 : 1;
  const whole = value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(digits);
  const compared =
    reference === undefined ? ['–', '–'] : [`${reference}`, `${Math.round(value / reference)}×`];
  return [name, whole, unit, ...compared, memory.toFixed(0)];
}

const [executed, part] = process.argv.slice(1);
if (executed !== undefined && realpathSync(executed) === fileURLToPath(import.meta.url)) {
  const rows = await ALONE[part as AloneName]();
  const peakMemory = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ rows, peakMemory }));
}
