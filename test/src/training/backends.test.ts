import { describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { splitBatch } from '../../../src/data/batch.ts';
import { startBackend } from '../../../src/engine/backends.ts';
import { initialParams } from '../../../src/model/params.ts';
import { createRollouts } from '../../../src/model/rollout.ts';
import { adamw } from '../../../src/optimizers/adamw.ts';
import { createTrainer, type TrainerValues } from '../../../src/training/trainer.ts';
import { randomBatch, smallConfig } from '../../helpers/models.ts';
import { expectClose } from '../../helpers/tensors.ts';

const fastest = (await startBackend()).name;
const others = (['cpu', 'wasm', 'tensorflow'] as const).filter((name) => name !== fastest);

describe(`what ${fastest} computes`, () => {
  it.each(others.filter((name) => name !== 'tensorflow'))('%s computes too', async (name) => {
    const expected = await course(fastest);
    const own = await course(name);
    expectClose(own.losses, expected.losses, { absolute: 1e-5, relative: 1e-5 });
    const close = { absolute: 1e-5, relative: 1e-3 };
    expectClose(own.values.params, expected.values.params, close);
    for (const [name, values] of Object.entries(expected.values.slots)) {
      expectClose(own.values.slots[name]!, values, close);
    }
    expect(own.greedy).toEqual(expected.greedy);
  });
});

interface Course {
  readonly losses: readonly number[];
  readonly values: TrainerValues;
  readonly greedy: Uint16Array[];
}

/** Five updates and what the model then answers. */
async function course(backend: string): Promise<Course> {
  await startBackend({ backend });
  const params = initialParams(smallConfig, createRng(1));
  const settings = { betas: [0.9, 0.99], weightDecay: 0.01, clipNorm: 1 } as const;
  const trainer = createTrainer(
    { params },
    { config: smallConfig, optimizer: adamw, settings, parts: 2 },
  );
  const losses = [1, 2, 3, 4, 5].map(
    (step) => trainer.update(splitBatch(randomBatch(step), 2), step, 0.01).loss,
  );
  const values = trainer.values();
  trainer.dispose();
  const { respond, dispose } = createRollouts({ config: smallConfig, params: values.params });
  const options = { prefix: [], samples: 1, temperature: 0, maxTokens: 12, seed: 1 };
  const requests = [3, 4, 5, 6].map((id) => ({ id: String(id), prompt: [id, 5, id] }));
  const greedy = (await respond(requests, options)).flat().map(({ ids }) => ids);
  dispose();
  return { losses, values, greedy };
}
