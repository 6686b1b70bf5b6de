/** Arbitrary columns of examples, with any token ids in them. */
import fc from 'fast-check';
import {
  createExampleBuffer,
  type Example,
  exampleAt,
  type Examples,
} from '../../src/data/examples.ts';

const tokens = fc.uint16Array({ maxLength: 40 });
const whole = fc.nat({ max: 0xffff });

export const example: fc.Arbitrary<Example> = fc.record({
  id: fc.nat({ max: 0xffffffff }),
  width: whole,
  height: whole,
  walls: whole,
  optimalLength: fc.nat({ max: 0xffffffff }),
  created: fc.nat({ max: 0xffffffff }),
  expanded: fc.nat({ max: 0xffffffff }),
  layout: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  prompt: tokens,
  reasoning: tokens,
  plan: tokens,
});

export function toExamples(rows: readonly Example[]): Examples {
  const buffer = createExampleBuffer();
  for (const row of rows) buffer.add(row);
  return buffer.examples();
}

export function toRows(examples: Examples): Example[] {
  return Array.from({ length: examples.count }, (_, i) => {
    const { prompt, reasoning, plan, ...scalars } = exampleAt(examples, i);
    return {
      ...scalars,
      prompt: prompt.slice(),
      reasoning: reasoning.slice(),
      plan: plan.slice(),
    };
  });
}
