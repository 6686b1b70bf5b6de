import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learningRateAt } from '../../../src/training/schedule.ts';

describe('the learning rate', () => {
  const settings = { steps: 100, learningRate: 2, warmupSteps: 10, finalLearningRate: 0.1 };

  it('rises in equal steps to its peak, falls to its share, and stays there', () => {
    expect(learningRateAt(1, settings)).toBeCloseTo(0.2);
    expect(learningRateAt(5, settings)).toBeCloseTo(1);
    expect(learningRateAt(10, settings)).toBeCloseTo(2);
    expect(learningRateAt(55, settings)).toBeCloseTo(2 * (0.1 + 0.9 * 0.5));
    expect(learningRateAt(100, settings)).toBeCloseTo(0.2);
    expect(learningRateAt(200, settings)).toBeCloseTo(0.2);
  });

  it('never leaves its bounds, whatever the settings', () => {
    const rate = fc.record({
      steps: fc.integer({ min: 1, max: 1000 }),
      learningRate: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      warmupSteps: fc.nat({ max: 1200 }),
      finalLearningRate: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 2000 }), (drawn, step) => {
        const now = learningRateAt(step, drawn);
        expect(now).toBeGreaterThanOrEqual(0);
        expect(now).toBeLessThanOrEqual(drawn.learningRate * (1 + 1e-12));
      }),
      { numRuns: 2000 },
    );
  });
});
