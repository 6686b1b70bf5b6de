import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experiments } from '../../../../experiments/index.ts';
import { decodingOf, type DecodingFlags } from '../../../../src/cli/decodingFlags.ts';
import { asked, drawnBy, nameOf, ownDecoding } from '../../../../src/cli/stages/decoding.ts';
import { experimentSchema } from '../../../../src/experiment.ts';

const demo = (await experiments['demo']!()) as Readonly<Record<string, unknown>>;

/** Of every run here; its own evaluation takes so many tasks of them. */
const HELD = { train: 300, validation: 50, test: 400 };

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const tasks = fc.oneof(
  fc.constantFrom(50, 300, 400, 100_000_000),
  fc.integer({ min: 1, max: 500 }),
);

/** Flags that can be given together. */
const request: fc.Arbitrary<Partial<DecodingFlags>> = fc.record({
  mode: maybe(fc.constantFrom(['slow'] as const, ['fast'] as const)),
  samples: maybe(fc.constantFrom(1, 4)),
  temperature: maybe(fc.constantFrom(0.5, 1)),
  topK: maybe(fc.constantFrom(3)),
  form: maybe(fc.constantFrom('any' as const, 'complete' as const)),
  precision: maybe(fc.constantFrom('fp32' as const, 'bf16' as const)),
  maxTokens: maybe(fc.constantFrom(100, 600)),
  split: maybe(fc.constantFrom('train' as const, 'validation' as const, 'test' as const)),
  tasks: maybe(tasks),
  seed: maybe(fc.constantFrom(1, 2)),
});

describe('the name of an evaluation', () => {
  const named = (flags: Partial<DecodingFlags>, ownTasks: number) => {
    const evaluation = { tasks: ownTasks, samples: 1, temperature: 0, maxTokens: 600 };
    const experiment = experimentSchema.parse({ ...demo, evaluation });
    const decoding = decodingOf(flags, ownDecoding(experiment));
    const available = HELD[decoding.split];
    const [one] = asked(decoding);
    return {
      name: nameOf(one!, decoding, { experiment, available }),
      settings: JSON.stringify({
        ...one,
        ...drawnBy(decoding),
        tasks: Math.min(decoding.tasks, available),
      }),
    };
  };

  it('is the same for two requests exactly if what they ask for is', () => {
    fc.assert(
      fc.property(request, request, tasks, (a, b, ownTasks) => {
        const [one, other] = [named(a, ownTasks), named(b, ownTasks)];
        expect(one.name === other.name).toBe(one.settings === other.settings);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same whatever is asked of it beyond all tasks', () => {
    for (const ownTasks of [400, 401, 100_000]) {
      for (const wanted of [undefined, 400, 401, 500, 100_000_000]) {
        expect(named({ tasks: wanted }, ownTasks).name).toBe('slow-greedy');
      }
    }
    expect(named({ tasks: 399 }, 500).name).toBe('slow-greedy-first399');
    expect(named({ tasks: 500 }, 100).name).toBe('slow-greedy-first400');
    expect(named({ split: 'validation' }, 400).name).toBe('slow-greedy-validation');
  });
});
