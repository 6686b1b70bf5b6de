import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSameTasks, taskPrints } from '../../../src/report/sameTasks.ts';
import { expectInputError } from '../../helpers/inputErrors.ts';

type Tasks = readonly { readonly id: number; readonly prompt: Uint16Array }[];

const tasks: fc.Arbitrary<Tasks> = fc.array(
  fc.record({
    id: fc.nat(3),
    prompt: fc.array(fc.nat(2), { maxLength: 3 }).map((ids) => Uint16Array.from(ids)),
  }),
  { maxLength: 3 },
);

const check = (...each: Tasks[]) =>
  checkSameTasks(
    each.map((own, i) => ({ folder: `runs/${i}`, name: 'slow-greedy', tasks: taskPrints(own) })),
  );

describe('the check for the same tasks', () => {
  it('passes ids and prompts that are equal in order, and nothing else', () => {
    const text = (own: Tasks) => JSON.stringify(own.map(({ id, prompt }) => [id, [...prompt]]));
    fc.assert(
      fc.property(tasks, tasks, (a, b) => {
        const act = () => check(a, a, b);
        if (text(a) === text(b)) act();
        else
          expectInputError(act, /^runs\/2: slow-greedy was made on other tasks than in runs\/0: /);
      }),
      { numRuns: 500 },
    );
  });

  it('names the first task that is another, or how many there are', () => {
    const of = (...ids: number[]): Tasks => ids.map((id) => ({ id, prompt: Uint16Array.of(id) }));
    const message = (a: Tasks, b: Tasks) => {
      try {
        check(a, b);
        return null;
      } catch (error) {
        return (error as Error).message.split('runs/0: ')[1];
      }
    };
    expect(message(of(1, 2, 3), of(1, 3, 2))).toBe('task 3 is another');
    expect(message(of(1, 2, 3), of(1, 2))).toBe('2, not 3');
    expect(message(of(), of())).toBeNull();
  });
});
