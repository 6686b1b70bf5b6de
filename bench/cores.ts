/** Programs held to some of the machine's cores, by `taskset` of util-linux. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { errorLine, runProgram } from '../src/engine/processes.ts';

export type TwoCores =
  { readonly cores: readonly [number, number] } | { readonly cores: null; readonly reason: string };

/** Two of the cores that this process may run on, or why programs can't be held to them. */
export function twoCores(): TwoCores {
  if (process.platform !== 'linux') return { cores: null, reason: 'only Linux has taskset' };
  if (spawnSync('taskset', ['--version']).error !== undefined) {
    return { cores: null, reason: 'there is no taskset (util-linux)' };
  }
  const [, list = ''] =
    /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const [first, second] = coresOf(list);
  if (first === undefined || second === undefined) {
    return { cores: null, reason: 'there is one core only' };
  }
  return { cores: [first, second] };
}

/** The numbers in a list like `0-3,8`, as Linux writes it. */
export function coresOf(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}

/** The clock's seconds that Node takes to run this to its end. @throws Error with what it said */
export async function clockedOn(cores: readonly number[], args: readonly string[]) {
  const begun = performance.now();
  const command = ['--cpu-list', cores.join(','), process.execPath, ...args];
  const result = await runProgram('taskset', command);
  if (result.code !== 0) throw new Error(`${args.join(' ')}: ${errorLine(result)}`);
  return (performance.now() - begun) / 1000;
}
