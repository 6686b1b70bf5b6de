/** Which parts of the bench run, over which threads, and by which programs. */
import os from 'node:os';
import { InputError } from '../envs/inputError.ts';
import { suggestion } from '../src/cli/nearest.ts';
import { hasBfloat16 } from '../src/engine/machine.ts';
import { ALONE, type AloneName } from './alone.ts';
import { VARIANTS, WORKLOADS } from './workloads.ts';
import type { VariantName, Workload, WorkloadName } from './workloads.ts';

export type PartName = WorkloadName | AloneName;

export const PARTS = [...Object.keys(WORKLOADS), ...Object.keys(ALONE)] as readonly PartName[];

/** All parts unless some are named; in the bench's order. @throws InputError for an unknown name */
export function chosenParts(names: readonly string[]): readonly PartName[] {
  for (const name of names) {
    if ((PARTS as readonly string[]).includes(name)) continue;
    throw new InputError(
      `no part is called ${name}${suggestion(name, PARTS)}; the parts are ${PARTS.join(', ')}`,
    );
  }
  return names.length === 0 ? PARTS : PARTS.filter((part) => names.includes(part));
}

/** Numbers of threads that a workload or part is measured on. */
export function threadsOf(
  threads: Workload['threads'] | 'one',
  cores = os.availableParallelism(),
): readonly number[] {
  if (threads === 'one') return [1];
  return threads === 'all' ? [cores] : [...new Set([1, cores])];
}

/** The workload's variants that this machine can run, those of torch.compile on all cores only. */
export function variantsOf(
  { variants, threads: over }: Workload,
  { torch, threads, bf16 = hasBfloat16() }: { torch: boolean; threads: number; bf16?: boolean },
): readonly VariantName[] {
  const most = Math.max(...threadsOf(over));
  return variants.filter((name) => {
    const { program, precision, compiled } = VARIANTS[name];
    if (program === 'PyTorch' && !torch) return false;
    return (precision === 'fp32' || bf16) && (!compiled || threads === most);
  });
}
