/** Rollout speed: sampled responses of a fixed length, prompts read included. */
import { createRng } from '../envs/rng.ts';
import { modelConfig, type ModelSize } from '../src/model/config.ts';
import { initialParams } from '../src/model/params.ts';
import { createRollouts } from '../src/model/rollout.ts';
import { median, type Row } from './rows.ts';

const SHAPES = {
  tiny: { rows: 64, prompt: 60, generated: 100, vocabSize: 38 },
  s: { rows: 16, prompt: 200, generated: 200, vocabSize: 938 },
} as const satisfies Partial<Record<ModelSize, object>>;

export async function measureRollouts(
  size: keyof typeof SHAPES,
  { repetitions, threads }: { readonly repetitions: number; readonly threads: number },
): Promise<Row[]> {
  const { rows, prompt, generated, vocabSize } = SHAPES[size];
  const config = modelConfig(size, vocabSize);
  const params = initialParams(config, createRng('bench'));
  const { respond, dispose } = createRollouts({ config, params, parts: threads });
  const rng = createRng('prompts');
  const request = {
    id: '0',
    prompt: Array.from({ length: prompt }, () => 2 + rng.int(vocabSize - 2)),
  };
  const seconds: number[] = [];
  for (let i = 0; i <= repetitions; i++) {
    const started = performance.now();
    const [responses] = await respond([request], {
      prefix: [],
      samples: rows,
      temperature: 1,
      maxTokens: generated,
      seed: i,
      rows,
      end: null,
    });
    if (responses!.some(({ ids }) => ids.length !== generated)) throw new Error('ended early');
    if (i > 0) seconds.push((performance.now() - started) / 1000);
  }
  dispose();
  return [
    {
      name: `rollouts ${size}, ${rows} rows, prompt ${prompt}, ${generated} generated`,
      value: (rows * generated) / median(seconds),
      unit: 'tokens/s',
    },
  ];
}
