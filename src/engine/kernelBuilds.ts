/**
 * For which processors the kit's own operations are compiled: each its own library, since a cache may be
 * shared by machines. Vectors that a processor lacks are taken apart, so the last one runs everywhere.
 */
import { instructionSets } from './machine.ts';

export interface KernelBuild {
  readonly library: string;
  readonly flags: readonly string[];
  /** Instruction sets without which it does not run. */
  readonly needs: readonly string[];
}

const FLAGS = ['-O3', '-fno-math-errno', '-fno-trapping-math', '-Wno-psabi'];

const AVX512 = ['avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl', 'avx2', 'fma', 'bmi2'];

const X64: readonly KernelBuild[] = [
  {
    library: 'kernels-bf16.so',
    flags: [...FLAGS, '-march=cooperlake'],
    needs: [...AVX512, 'avx512_vnni', 'avx512_bf16'],
  },
  {
    library: 'kernels-avx512.so',
    flags: [...FLAGS, '-march=skylake-avx512'],
    needs: AVX512,
  },
  {
    library: 'kernels-avx2.so',
    flags: [...FLAGS, '-march=haswell'],
    needs: ['avx2', 'fma', 'bmi1', 'bmi2', 'movbe', 'f16c'],
  },
];

const ANY: KernelBuild = { library: 'kernels.so', flags: FLAGS, needs: [] };

/** Fastest first. */
export function kernelBuilds(arch: string = process.arch): readonly KernelBuild[] {
  return arch === 'x64' ? [...X64, ANY] : [ANY];
}

/** The fastest library that runs on a processor. */
export function kernelLibrary(present = instructionSets(), arch: string = process.arch): string {
  const runs = ({ needs }: KernelBuild): boolean => needs.every((name) => present.has(name));
  return kernelBuilds(arch).find(runs)!.library;
}
