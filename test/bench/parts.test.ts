import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenParts, PARTS, threadsOf, variantsOf } from '../../bench/parts.ts';
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
    expect(threadsOf('and one', 8)).toEqual([1, 8]);
    expect(threadsOf('and one', 1)).toEqual([1]);
    expect(threadsOf('all', 8)).toEqual([8]);
    expect(threadsOf('one', 8)).toEqual([1]);
  });
});

describe('the variants of a workload', () => {
  const cores = threadsOf('all')[0]!;

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
