/** What training is measured on, and by whom. */
import type { ModelSize } from '../src/model/config.ts';

export interface Workload {
  readonly title: string;
  readonly size: ModelSize;
  readonly data: UniformData | MazeData;
  readonly variants: readonly VariantName[];
  /** `all` cores, or these `and one` thread. */
  readonly threads: 'all' | 'and one';
  /** How often every variant goes through the data. */
  readonly rounds: number;
  /** Turns in which the programs take a round, one after the other. */
  readonly turns: number;
  /**
   * Speed is measured after some updates, by whose losses the programs are compared; memory, and
   * steps that take long, after a single one.
   */
  readonly measures: 'speed' | 'memory';
  /** MiB that a program may take before it counts as failed. */
  readonly memoryLimit: number;
}

/** Random tokens, nothing padded. */
export interface UniformData {
  readonly kind: 'uniform';
  readonly B: number;
  /** Tokens of the prompt, and predicted tokens of the response. */
  readonly prompt: number;
  readonly response: number;
  readonly vocabSize: number;
  /** Batches of a round. */
  readonly steps: number;
}

/**
 * Generated mazes with dropped traces. The kit batches them as it does in training, PyTorch takes
 * the same sequences in random batches, each padded to its longest.
 */
export interface MazeData {
  readonly kind: 'mazes';
  readonly side: number;
  /** Sequences of a round. */
  readonly count: number;
  readonly batchSize: number;
}

/** How a program computes; `bf16` of PyTorch has weights and optimiser in bf16 too. */
export interface Variant {
  readonly program: 'kit' | 'PyTorch';
  readonly title: string;
  readonly precision: 'fp32' | 'bf16' | 'autocast';
  /** By torch.compile. */
  readonly compiled: boolean;
}

export const VARIANTS = {
  kit: { program: 'kit', title: 'kit, fp32', precision: 'fp32', compiled: false },
  'kit-bf16': { program: 'kit', title: 'kit, bf16', precision: 'bf16', compiled: false },
  pytorch: { program: 'PyTorch', title: 'PyTorch, fp32', precision: 'fp32', compiled: false },
  compiled: {
    program: 'PyTorch',
    title: 'PyTorch, fp32, compiled',
    precision: 'fp32',
    compiled: true,
  },
  autocast: {
    program: 'PyTorch',
    title: 'PyTorch, bf16 by autocast',
    precision: 'autocast',
    compiled: false,
  },
  'pytorch-bf16': {
    program: 'PyTorch',
    title: 'PyTorch, all bf16',
    precision: 'bf16',
    compiled: false,
  },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof VARIANTS;

const FP32 = ['kit', 'pytorch'] as const;
const BF16 = ['kit-bf16', 'autocast', 'pytorch-bf16'] as const;

const uniform = {
  variants: [...FP32, 'compiled', ...BF16],
  threads: 'and one',
  turns: 1,
  measures: 'speed',
  memoryLimit: 8_192,
} as const;

const ragged = {
  variants: FP32,
  threads: 'all',
  rounds: 3,
  turns: 4,
  measures: 'speed',
  memoryLimit: 8_192,
} as const;

const long = (response: number, steps: number): Workload => ({
  title: `one response of ${response.toLocaleString('en')} tokens`,
  size: 's',
  data: { kind: 'uniform', B: 1, prompt: 93, response, vocabSize: 128, steps },
  variants: FP32,
  threads: 'all',
  rounds: 2,
  turns: 1,
  measures: 'memory',
  memoryLimit: 6_144,
});

/** By the name of the part that measures it. */
export const WORKLOADS = {
  'training-tiny': {
    ...uniform,
    title: '16 × (60 + 90) tokens',
    size: 'tiny',
    data: { kind: 'uniform', B: 16, prompt: 60, response: 90, vocabSize: 38, steps: 10 },
    rounds: 9,
  },
  'training-s': {
    ...uniform,
    title: '8 × (200 + 300) tokens',
    size: 's',
    data: { kind: 'uniform', B: 8, prompt: 200, response: 300, vocabSize: 938, steps: 2 },
    rounds: 5,
  },
  'ragged-tiny': {
    ...ragged,
    title: '5×5 mazes, batches of 16',
    size: 'tiny',
    data: { kind: 'mazes', side: 5, count: 1024, batchSize: 16 },
    threads: 'and one',
  },
  'ragged-s': {
    ...ragged,
    title: '10×10 mazes, batches of 16',
    size: 's',
    data: { kind: 'mazes', side: 10, count: 512, batchSize: 16 },
    rounds: 2,
  },
  'long-1000': long(1_000, 3),
  'long-4000': long(4_000, 2),
  'long-10000': long(10_000, 1),
  'long-m-s': { ...long(10_000, 1), size: 'm-s', variants: ['kit'], rounds: 1 },
} as const satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof WORKLOADS;

/** Updates on one batch, each with the loss before it, that every variant begins with. */
export function checkedUpdates({ measures }: Pick<Workload, 'measures'>): number {
  return measures === 'speed' ? 4 : 1;
}
