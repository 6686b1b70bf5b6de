/** Starts the tensor backend that a command asks for. */
import { InputError } from '../../../envs/inputError.ts';
import { bfloat16Problem, startBackend, type Backend } from '../../engine/backends.ts';
import type { Precision } from '../../engine/program.ts';
import type { Experiment } from '../../experiment.ts';
import type { Session } from '../session.ts';

export interface EngineFlags {
  readonly backend: 'tensorflow' | 'wasm' | 'cpu' | undefined;
  readonly threads: number | undefined;
}

/** The experiment says how many threads where the flags do not. */
export async function startEngine(
  flags: EngineFlags,
  experiment: Pick<Experiment, 'threads' | 'training'>,
  session: Session,
): Promise<Backend> {
  const threads = flags.threads ?? experiment.threads ?? undefined;
  const { parts } = experiment.training;
  const info = await startBackend({ backend: flags.backend, threads, parts });
  const { name, version } = info;
  const threading = `${info.threads} ${info.threads === 1 ? 'thread' : 'threads'}`;
  session.note(`engine: ${name} ${version} on ${info.devices.join(', ')}, ${threading}`);
  if (info.slowerBecause !== null) session.note(`  no faster one: ${info.slowerBecause}`);
  return info;
}

/** @throws InputError naming the `setting` if a backend computes no faster in a precision */
export function checkPrecision(
  precision: Precision | undefined,
  backend: Pick<Backend, 'name' | 'devices'>,
  setting: string,
): void {
  const problem = precision === 'bf16' ? bfloat16Problem(backend) : null;
  if (problem !== null) throw new InputError(`${setting}: ${problem}`);
}

/** Training takes some 30 times as long as with the native engine. */
export function isSlow({ name }: Backend): boolean {
  return name !== 'tensorflow';
}
