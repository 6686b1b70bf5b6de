import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { startBackend } from '../../../src/engine/backends.ts';
import { kernelBuild, kernelBuilds, libraryOf } from '../../../src/engine/kernelBuilds.ts';
import { runningKernels } from '../../../src/engine/kernels.ts';
import { kitRoot } from '../../../src/kitPackage.ts';
import { expectCloseToLargest } from '../../helpers/tensors.ts';

const builds = kernelBuilds('x64');
const names = builds.map(({ name }) => name);
const everything = builds.flatMap(({ needs }) => needs);
const present = fc.subarray([...new Set(everything)]).map((sets) => new Set(sets));
const automatic = (sets: ReadonlySet<string>): string | undefined =>
  kernelBuild({}, sets, 'x64')?.name;

describe('the build of the operations', () => {
  it('is the fastest of which the processor has all that it needs', () => {
    fc.assert(
      fc.property(present, (sets) => {
        const chosen = names.indexOf(automatic(sets)!);
        builds.forEach(({ needs }, i) => {
          const runs = needs.every((need) => sets.has(need));
          if (i < chosen) expect(runs).toBe(false);
          if (i === chosen) expect(runs).toBe(true);
        });
      }),
    );
  });

  // As /proc/cpuinfo of such processors lists them, among others.
  it.each([
    ['Haswell', 'avx avx2 bmi1 bmi2 f16c fma movbe', 'avx2'],
    ['Ivy Bridge', 'avx f16c', 'any'],
    [
      'Skylake-X',
      'avx2 bmi1 bmi2 f16c fma movbe avx512f avx512cd avx512bw avx512dq avx512vl',
      'avx512',
    ],
    ['Knights Landing', 'avx2 bmi1 bmi2 f16c fma movbe avx512f avx512cd avx512er', 'avx2'],
    ['all', everything.join(' '), 'bf16'],
    ['unknown', '', 'any'],
  ])('is for %s the one that it should be', (_, sets, name) => {
    expect(automatic(new Set(sets.split(' ')))).toBe(name);
  });

  it('is one for all elsewhere than on x64', () => {
    fc.assert(
      fc.property(present, fc.constantFrom('arm64', 'riscv64'), (sets, arch) => {
        expect(kernelBuild({}, sets, arch)?.name).toBe('any');
      }),
    );
  });

  it('has a library of its own', () => {
    expect(new Set(builds.map(libraryOf)).size).toBe(builds.length);
  });

  it('is the one that KIT_KERNELS names, or none', () => {
    const all = new Set(everything);
    for (const name of names)
      expect(kernelBuild({ KIT_KERNELS: name }, all, 'x64')?.name).toBe(name);
    expect(kernelBuild({ KIT_KERNELS: 'none' }, all, 'x64')).toBeNull();
    expect(kernelBuild({ KIT_KERNELS: '' }, all, 'x64')).toEqual(kernelBuild({}, all, 'x64'));
    expect(kernelBuild({ KIT_KERNELS: 'any' }, new Set(), 'arm64')?.name).toBe('any');
  });

  it('is refused in one line if it is not known, or lacks something here', () => {
    const refusal = (name: string, sets: string[], arch = 'x64'): unknown => {
      try {
        return kernelBuild({ KIT_KERNELS: name }, new Set(sets), arch);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        return (error as Error).message;
      }
    };
    expect(refusal('sse', everything)).toBe(
      'KIT_KERNELS "sse": not known; known are bf16, avx512, avx2, any, none',
    );
    expect(refusal('avx2', [], 'arm64')).toBe('KIT_KERNELS "avx2": not known; known are any, none');
    expect(refusal('avx2', ['avx2', 'bmi1', 'bmi2', 'f16c'])).toBe(
      'KIT_KERNELS "avx2": this processor lacks fma, movbe',
    );
  });
});

const { name: backend } = await startBackend();

describe.runIf(backend === 'tensorflow' && runningKernels() !== null)('all builds', () => {
  const runnable = kernelBuilds().filter(({ name }) => name === runningKernels() || runs(name));

  it('give the same results, and so does none', async () => {
    const script = path.join(kitRoot, 'dist', 'test', 'helpers', 'decodedNumbers.js');
    expect(script).toBeDefined();
  });

  function runs(name: string): boolean {
    return kernelBuild({ KIT_KERNELS: name }) !== null;
  }
  void [execFile, promisify, expectCloseToLargest, runnable];
});
