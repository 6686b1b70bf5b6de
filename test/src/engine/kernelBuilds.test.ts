import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { kernelBuild, kernelBuilds, libraryOf } from '../../../src/engine/kernelBuilds.ts';
import { hasKernels } from '../../../src/engine/kernels.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { expectClose, expectCloseToLargest } from '../../helpers/tensors.ts';

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

await startTestBackend();

describe.runIf(hasKernels())('every build that runs here', () => {
  const [fastest, ...others] = kernelBuilds()
    .map(({ name }) => name)
    .filter(runs);
  let expected: Results;
  beforeAll(() => {
    expected = resultsOf(fastest!);
  });

  it.each(others)('%s has the results of the fastest, but for roundings', (name) => {
    const results = resultsOf(name);
    expect(results.build).toBe(name);
    expect(results.tokens).toEqual(expected.tokens);
    for (const [name, values] of Object.entries(results.exact!)) {
      expectClose(values, expected.exact![name]!, { absolute: 1e-5, relative: 1e-5 });
    }
    for (const [name, values] of Object.entries(results.rounded!)) {
      expectCloseToLargest(values, expected.rounded![name]!, { relative: 2 ** -7 });
    }
    expectSameRollouts(results, expected);
  });

  it('is the one that was asked for', () => {
    expect(expected.build).toBe(fastest);
  });

  it('has the rollouts of a library without any', () => {
    const none = resultsOf('none');
    expect(none.build).toBeNull();
    expectSameRollouts(none, expected);
  });
});

// Helpers

interface Results {
  readonly build: string | null;
  readonly exact?: Readonly<Record<string, number[]>>;
  readonly rounded?: Readonly<Record<string, number[]>>;
  readonly tokens?: readonly number[];
  readonly rollouts: { readonly ids: number[][]; readonly logProbs: number[] };
}

function runs(KIT_KERNELS: string): boolean {
  try {
    return kernelBuild({ KIT_KERNELS }) !== null;
  } catch {
    return false;
  }
}

function resultsOf(KIT_KERNELS: string): Results {
  const script = fileURLToPath(new URL('../../helpers/kernelResults.js', import.meta.url));
  const env = { ...process.env, KIT_KERNELS };
  return JSON.parse(execFileSync(process.execPath, [script], { env, encoding: 'utf8' })) as Results;
}

function expectSameRollouts({ rollouts }: Results, expected: Results): void {
  expect(rollouts.ids).toEqual(expected.rollouts.ids);
  expectClose(rollouts.logProbs, expected.rollouts.logProbs, { absolute: 1e-4 });
}
