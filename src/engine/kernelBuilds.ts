/**
 * For which processors the kit's own operations are compiled: each its own library, since a cache may be
 * shared by machines. Vectors that a processor lacks are taken apart, so the last one runs everywhere.
 */
import { InputError } from '../../envs/inputError.ts';
import { instructionSets } from './machine.ts';

export interface KernelBuild {
  readonly name: string;
  readonly flags: readonly string[];
  /** Instruction sets without which it does not run. */
  readonly needs: readonly string[];
}

const FLAGS = ['-O3', '-fno-math-errno', '-fno-trapping-math', '-Wno-psabi'];

const AVX512 = ['avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl', 'avx2', 'fma', 'bmi2'];

const X64: readonly KernelBuild[] = [
  {
    name: 'bf16',
    flags: [...FLAGS, '-march=cooperlake'],
    needs: [...AVX512, 'avx512_vnni', 'avx512_bf16'],
  },
  { name: 'avx512', flags: [...FLAGS, '-march=skylake-avx512'], needs: AVX512 },
  {
    name: 'avx2',
    flags: [...FLAGS, '-march=haswell'],
    needs: ['avx2', 'fma', 'bmi1', 'bmi2', 'movbe', 'f16c'],
  },
];

const ANY: KernelBuild = { name: 'any', flags: FLAGS, needs: [] };

/** Fastest first. */
export function kernelBuilds(arch: string = process.arch): readonly KernelBuild[] {
  return arch === 'x64' ? [...X64, ANY] : [ANY];
}

export function libraryOf({ name }: KernelBuild): string {
  return `kernels-${name}.so`;
}

/**
 * The build that KIT_KERNELS names, else the fastest that runs on the processor; null for `none`.
 *
 * @throws InputError if there is none of that name, or the processor lacks what it needs
 */
export function kernelBuild(
  { KIT_KERNELS: wanted }: NodeJS.ProcessEnv = process.env,
  present: ReadonlySet<string> = instructionSets(),
  arch: string = process.arch,
): KernelBuild | null {
  const builds = kernelBuilds(arch);
  const lacking = ({ needs }: KernelBuild): string[] => needs.filter((name) => !present.has(name));
  if (!wanted) return builds.find((build) => lacking(build).length === 0)!;
  if (wanted === 'none') return null;
  const build = builds.find(({ name }) => name === wanted);
  if (build === undefined) {
    const known = [...builds.map(({ name }) => name), 'none'].join(', ');
    throw new InputError(`KIT_KERNELS "${wanted}": not known; known are ${known}`);
  }
  const missing = lacking(build);
  if (missing.length === 0) return build;
  throw new InputError(`KIT_KERNELS "${wanted}": this processor lacks ${missing.join(', ')}`);
}
