/** Training speed: full updates on random tokens, with a maze vocabulary of the size's usual task. */
import { createRng } from '../envs/rng.ts';
import { modelConfig, type ModelSize } from '../src/model/config.ts';
import { initialParams } from '../src/model/params.ts';
import { splitBatch, type Batch } from '../src/data/batch.ts';
import { EXACT } from '../src/data/ladder.ts';
import { createTrainer } from '../src/training/trainer.ts';
import { median, type Row } from './rows.ts';

/** Batch, prompt and response tokens, vocabulary: 5×5 mazes for tiny, shortened 30×30 for s. */
const SHAPES = {
  tiny: { B: 16, P: 60, T: 91, vocabSize: 38 },
  s: { B: 8, P: 200, T: 301, vocabSize: 938 },
} as const satisfies Partial<Record<ModelSize, object>>;

const WARM_UP = 3;

export function measureTraining(size: keyof typeof SHAPES, steps: number): Row[] {
  const { B, P, T, vocabSize } = SHAPES[size];
  const config = modelConfig(size, vocabSize);
  const params = initialParams(config, createRng('bench'));
  const batch = randomBatch(B, P, T, vocabSize);
  const settings = { betas: [0.9, 0.99], weightDecay: 0.01, clipNorm: 1 } as const;
  const zeros = new Float32Array(params.length);
  const start = { params, mean: zeros, square: zeros };
  const parts = Number(process.env['PARTS'] ?? 1);
  const trainer = createTrainer(start, {
    config,
    settings,
    parts,
    precision: (process.env['PREC'] ?? 'fp32') as 'fp32',
  });
  const seconds: number[] = [];
  for (let step = 1; step <= WARM_UP + steps; step++) {
    const started = performance.now();
    trainer.update(splitBatch(batch, parts), step, 1e-4);
    if (step > WARM_UP) seconds.push((performance.now() - started) / 1000);
  }
  trainer.dispose();
  const shape = `${size}, ${B} × (${P} + ${T - 1}) tokens`;
  return [
    { name: `training ${shape}`, value: (B * (P + T - 1)) / median(seconds), unit: 'tokens/s' },
    { name: `training ${shape}, a step`, value: median(seconds) * 1000, unit: 'ms' },
  ];
}

function randomBatch(B: number, P: number, T: number, vocabSize: number): Batch {
  const rng = createRng('batch');
  const ids = (length: number): Int32Array => Int32Array.from({ length }, () => rng.int(vocabSize));
  return {
    prompt: ids(B * P),
    promptLengths: new Int32Array(B).fill(P),
    response: ids(B * T),
    responseLengths: new Int32Array(B).fill(T),
    weights: new Float32Array(B).fill(1 / (B * (T - 1))),
    rows: new Uint32Array(B),
    levels: new Uint8Array(B),
    tokens: B * (P + T),
    ladder: EXACT,
    B,
    P,
    T,
  };
}
