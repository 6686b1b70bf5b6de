import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coresOf } from '../../bench/cores.ts';

describe('a list of cores', () => {
  it.each<readonly [string, readonly number[]]>([
    ['0', [0]],
    ['0-1', [0, 1]],
    ['2,5', [2, 5]],
    ['0-3,8,10-11', [0, 1, 2, 3, 8, 10, 11]],
  ])('%s names %j', (list, cores) => expect(coresOf(list)).toEqual(cores));

  it('names the cores of all its ranges', () => {
    const ranges = fc.array(fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 20 })), { minLength: 1 });
    fc.assert(
      fc.property(ranges, (ranges) => {
        const list = ranges.map(([first, more]) =>
          more === 0 ? `${first}` : `${first}-${first + more}`,
        );
        const all = ranges.flatMap(([first, more]) => {
          const cores: number[] = [];
          for (let core = first; core <= first + more; core++) cores.push(core);
          return cores;
        });
        expect(coresOf(list.join(','))).toEqual(all);
      }),
    );
  });
});
