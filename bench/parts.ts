/** Which parts of the bench run, over which threads, and by which programs. */
import os from 'node:os';
import { InputError } from '../envs/inputError.ts';
import { suggestion } from '../src/cli/nearest.ts';
import { hasBfloat16 } from '../src/engine/machine.ts';
import { ALONE, type AloneName } from './alone.ts';
import { ROLLOUTS, WAYS } from './rolloutWorkloads.ts';
import type { RolloutName, RolloutWorkload, WayName } from './rolloutWorkloads.ts';
import { VARIANTS, WORKLOADS } from './workloads.ts';
import type { VariantName, Workload, WorkloadName } from './workloads.ts';

export type PartName = WorkloadName | RolloutName | AloneName;

export const PARTS = [WORKLOADS, ROLLOUTS, ALONE].flatMap(Object.keys) as readonly PartName[];

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

/** Numbers of threads that a workload is measured on. */
export function threadsOf(
  { threads }: Pick<Workload, 'threads'>,
  cores = os.availableParallelism(),
): readonly number[] {
  return threads === 'all' ? [cores] : [...new Set([1, cores])];
}

/** The workload's variants that this machine can run, those of torch.compile on all cores only. */
export function variantsOf(
  workload: Workload,
  { torch, threads, bf16 = hasBfloat16() }: { torch: boolean; threads: number; bf16?: boolean },
): readonly VariantName[] {
  const most = Math.max(...threadsOf(workload));
  return workload.variants.filter((name) => {
    const { program, precision, compiled } = VARIANTS[name];
    if (program === 'PyTorch' && !torch) return false;
    return (precision === 'fp32' || bf16) && (!compiled || threads === most);
  });
}

/** The workload's ways that this machine can run. */
export function waysOf(
  { ways }: RolloutWorkload,
  { torch, bf16 = hasBfloat16() }: { torch: boolean; bf16?: boolean },
): readonly WayName[] {
  return ways.filter((name) => {
    const { program, precision } = WAYS[name];
    return (program === 'kit' || torch) && (precision === 'fp32' || bf16);
  });
}
