import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenParts, PARTS, threadsOf, variantsOf, waysOf } from '../../bench/parts.ts';
import { ROLLOUTS, WAYS, type RolloutWorkload } from '../../bench/rolloutWorkloads.ts';
import { VARIANTS, WORKLOADS, type Workload } from '../../bench/workloads.ts';
import { InputError } from '../../envs/inputError.ts';

const workloads: readonly Workload[] = Object.values(WORKLOADS);

describe('the parts that run', () => {
  it('are all if none is named', () => {
    expect(chosenParts([])).toEqual(PARTS);
  });

  it('are the named ones, once each and in the order of the bench', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PARTS), { minLength: 1 }), (names) => {
        const parts = chosenParts(names);
        expect(new Set(parts)).toEqual(new Set(names));
        expect(parts).toEqual(PARTS.filter((part) => parts.includes(part)));
      }),
    );
  });

  it.each(['training-xs', '', 'constructor', '--all'])(
    'never include %j, which is refused',
    (name) => {
      expect(() => chosenParts(['generation', name])).toThrow(InputError);
      expect(() => chosenParts([name])).toThrow(PARTS.join(', '));
    },
  );

  it('are suggested where a name is nearly right', () => {
    expect(() => chosenParts(['trainings'])).toThrow('did you mean training-s?');
  });
});

describe('threads', () => {
  it('are one and all cores, without repetition', () => {
    expect(threadsOf({ threads: 'and one' }, 8)).toEqual([1, 8]);
    expect(threadsOf({ threads: 'and one' }, 1)).toEqual([1]);
    expect(threadsOf({ threads: 'all' }, 8)).toEqual([8]);
  });
});

describe('the variants of a workload', () => {
  const cores = threadsOf({ threads: 'all' })[0]!;

  it('are all of them where everything is there', () => {
    for (const workload of workloads) {
      const given = { torch: true, threads: cores, bf16: true };
      expect(variantsOf(workload, given)).toEqual(workload.variants);
    }
  });

  it('begin with the kit, and leave the kit alone without PyTorch', () => {
    for (const workload of workloads) {
      const variants = variantsOf(workload, { torch: false, threads: cores, bf16: true });
      expect(variants[0]).toBe('kit');
      expect(variants.every((name) => VARIANTS[name].program === 'kit')).toBe(true);
    }
  });

  it('compute in fp32 on a processor without bf16', () => {
    for (const workload of workloads) {
      const variants = variantsOf(workload, { torch: true, threads: cores, bf16: false });
      expect(variants.every((name) => VARIANTS[name].precision === 'fp32')).toBe(true);
      expect(variants).toContain('kit');
    }
  });
});

describe('the ways of a rollout workload', () => {
  const rollouts: readonly RolloutWorkload[] = Object.values(ROLLOUTS);

  it('are all of them where everything is there, the kit in fp32 first', () => {
    for (const workload of rollouts) {
      const ways = waysOf(workload, { torch: true, bf16: true });
      expect(ways).toEqual(workload.ways);
      expect(WAYS[ways[0]!]).toMatchObject({ program: 'kit', precision: 'fp32' });
    }
  });

  it('leave the kit alone without PyTorch, and out what is in bf16 on a processor without it', () => {
    for (const workload of rollouts) {
      for (const bf16 of [true, false]) {
        for (const torch of [true, false]) {
          const ways = waysOf(workload, { torch, bf16 }).map((name) => WAYS[name]);
          expect(ways.some(({ program }) => program === 'PyTorch')).toBe(torch);
          if (!bf16) expect(ways.every(({ precision }) => precision === 'fp32')).toBe(true);
        }
      }
    }
  });
});
