import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineCache } from '../../../src/engine/engineCache.ts';
import { cpuFeatures, platformProblem } from '../../../src/engine/machine.ts';
import { pinnedWheels } from '../../../src/engine/pinnedWheels.ts';

describe('a platform', () => {
  it.each([
    ['linux', 'x64', '2.27'],
    ['linux', 'arm64', '2.36'],
    ['linux', 'x64', '3.0'],
    ['darwin', 'arm64', null],
  ] as const)('%s %s with glibc %s has wheels', (platform, arch, glibc) => {
    expect(platformProblem({ platform, arch }, glibc)).toBeNull();
    expect(pinnedWheels({ gpu: false }, { platform, arch })).not.toBeNull();
  });

  it.each([
    ['win32', 'x64', null, /WSL/],
    ['darwin', 'x64', null, /Intel Macs/],
    ['linux', 'x64', null, /Alpine/],
    ['linux', 'x64', '2.17', /glibc 2\.27; here is 2\.17/],
    ['linux', 'riscv64', '2.39', /not built for linux on riscv64/],
    ['freebsd', 'x64', null, /not built for freebsd/],
  ] as const)('%s %s with glibc %s has none, and why', (platform, arch, glibc, reason) => {
    expect(platformProblem({ platform, arch }, glibc)).toMatch(reason);
  });

  it('has CUDA wheels only if it is Linux on x64', () => {
    const platforms = ['linux', 'darwin', 'win32'];
    const withCuda = platforms.flatMap((platform) =>
      ['x64', 'arm64']
        .filter((arch) => pinnedWheels({ gpu: true }, { platform, arch }) !== null)
        .map((arch) => `${platform} ${arch}`),
    );
    expect(withCuda).toEqual(['linux x64']);
  });

  it('names instruction sets without repeating one', () => {
    const features = cpuFeatures();
    expect(new Set(features).size).toBe(features.length);
  });
});

describe('pinned wheels', () => {
  const sets = ['linux x64', 'linux arm64', 'darwin arm64'].flatMap((target) => {
    const [platform, arch] = target.split(' ') as [string, string];
    return [false, true].map((gpu) => pinnedWheels({ gpu }, { platform, arch }));
  });
  const present = sets.filter((set) => set !== null);

  it('are pinned to one version and one SHA-256 each', () => {
    const wheels = present.flatMap((set) => set.wheels);
    expect(wheels.length).toBeGreaterThan(3);
    for (const { requirement, sha256 } of wheels) {
      expect(requirement).toMatch(/^[a-z0-9-]+==[0-9.]+$/);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(wheels.length);
  });

  it('unpack into a folder of their own', () => {
    expect(new Set(present.map(({ name }) => name)).size).toBe(present.length);
  });
});

describe('the cache', () => {
  it('lies in XDG_CACHE_HOME if that is absolute, else in ~/.cache', () => {
    const HOME = '/home/ada';
    expect(engineCache({ HOME, XDG_CACHE_HOME: '/fast' })).toBe('/fast/dualformer-kit');
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.startsWith('/'));
        expect(engineCache({ HOME, XDG_CACHE_HOME: text })).toBe('/home/ada/.cache/dualformer-kit');
      }),
    );
    expect(engineCache({ HOME })).toBe('/home/ada/.cache/dualformer-kit');
  });
});
