/** The two programs that train side by side, each as a child process that holds its variants. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRng } from '../envs/rng.ts';
import { engineCache } from '../src/engine/engineCache.ts';
import { kitRoot } from '../src/kitPackage.ts';
import { modelConfig, type ModelConfig } from '../src/model/config.ts';
import { initialParams } from '../src/model/params.ts';
import { bytesOf } from '../src/training/safetensors.ts';
import { startChild, type Child } from './child.ts';
import { inRandomBatches, sequencesOf, trainingData, type Sequence } from './trainingData.ts';
import { checkedUpdates, VARIANTS, WORKLOADS } from './workloads.ts';
import type { Workload, WorkloadName } from './workloads.ts';

/** Constant, and high enough that the losses depend on every part of an update. */
export const LEARNING_RATE = 1e-3;
export const SETTINGS = { betas: [0.9, 0.99], weightDecay: 0.01, clipNorm: 1 } as const;

/** Replies to `{ open: variant }`. */
export interface Opened {
  /** On the first batch, before each of the first updates. */
  readonly losses: readonly number[];
  /** In a round. */
  readonly batches: number;
  /** What computes, with its version. */
  readonly software: string;
}

/** The weights that every variant starts with. */
export function startingParams(config: ModelConfig): Float32Array {
  return initialParams(config, createRng('bench'));
}

export function startKit(name: WorkloadName, threads: number): Child {
  const script = fileURLToPath(new URL('./kitTrainer.js', import.meta.url));
  const { memoryLimit } = WORKLOADS[name];
  return startChild(process.execPath, [script, name, String(threads)], { memoryLimit });
}

/** What the twin trains on, and how. */
export interface Job {
  readonly config: ModelConfig;
  readonly check: readonly Sequence[];
  readonly batches: readonly (readonly Sequence[])[];
  readonly threads: number;
}

/** @param python a Python that can import torch */
export async function startPyTorch(
  python: string,
  workload: Workload,
  threads: number,
): Promise<Child> {
  const { vocabSize, batches } = await trainingData(workload);
  const { data } = workload;
  const job: Job = {
    config: modelConfig(workload.size, vocabSize),
    check: sequencesOf(batches[0]!),
    batches:
      data.kind === 'uniform' ? batches.map(sequencesOf) : inRandomBatches(batches, data.batchSize),
    threads,
  };
  return startTwin(python, job, workload);
}

/** The twin with the same start as the kit, PyTorch's side of a workload. */
export function startTwin(
  python: string,
  { config, check, batches, threads }: Job,
  workload: Pick<Workload, 'measures' | 'memoryLimit'>,
): Child {
  const script = path.join(kitRoot, 'bench', 'twin', 'train.py');
  const { memoryLimit, measures } = workload;
  const keptBlocks = measures === 'speed' ? 2 ** 30 : null;
  const env = { ...process.env, ...pythonEnvironment(keptBlocks) };
  const child = startChild(python, [script], { env, memoryLimit });
  child.tell({
    config,
    params: Buffer.from(bytesOf(startingParams(config))).toString('base64'),
    threads,
    settings: SETTINGS,
    learningRate: LEARNING_RATE,
    checkedUpdates: checkedUpdates(workload),
    warmUp: workload.measures === 'speed' ? 2 : 0,
    variants: VARIANTS,
    check: columns(check),
    batches: batches.map(columns),
  });
  return child;
}

function columns(sequences: readonly Sequence[]): object {
  return {
    prompts: sequences.map(({ prompt }) => prompt),
    responses: sequences.map(({ response }) => response),
  };
}

/**
 * @param keptBlocks bytes up to which the C library keeps a freed block instead of returning it, which
 *   makes PyTorch up to a sixth faster; null, as it comes, where memory counts
 */
export function pythonEnvironment(keptBlocks: number | null): NodeJS.ProcessEnv {
  return {
    PYTHONDONTWRITEBYTECODE: '1',
    TORCHINDUCTOR_CACHE_DIR: path.join(engineCache(process.env), 'pytorch-compiled'),
    ...(keptBlocks !== null && {
      MALLOC_MMAP_THRESHOLD_: String(keptBlocks),
      MALLOC_TRIM_THRESHOLD_: String(2 ** 33),
    }),
  };
}
