/** What rollouts are measured on, and in which ways. */
import { createRng } from '../envs/rng.ts';
import type { Precision } from '../src/engine/program.ts';
import type { ModelSize } from '../src/model/config.ts';

export interface RolloutWorkload {
  readonly size: ModelSize;
  readonly prompts: number;
  /** Responses to each prompt. */
  readonly samples: number;
  /** Tokens of a prompt, bos and eos included. */
  readonly prompt: number;
  /** Tokens of a response; nothing ends it earlier. */
  readonly generated: number;
  readonly vocabSize: number;
  readonly ways: readonly WayName[];
  /** All cores. */
  readonly threads: 'all';
  /** How often each way is measured. */
  readonly rounds: number;
}

export type Way = KitWay | PyTorchWay;

export interface KitWay {
  readonly program: 'kit';
  readonly title: string;
  readonly precision: Precision;
}

export interface PyTorchWay {
  readonly program: 'PyTorch';
  readonly title: string;
  /** Of weights and caches. */
  readonly precision: Precision;
  /**
   * `both`: a prompt's keys and values are computed once, for all its samples. `self-attention`: they
   * are computed again at every token of every sample, as the papers' released code does.
   */
  readonly caches: 'both' | 'self-attention';
  /** Numbers of prompts computed at once; the fastest counts. */
  readonly together: readonly number[];
  /** In place of the workload's. */
  readonly samples?: number;
  /** About how many tokens are measured in a round, from the middle of the responses; all if not given. */
  readonly lapTokens?: number;
}

const released = {
  program: 'PyTorch',
  title: 'PyTorch, fp32, as released',
  precision: 'fp32',
  caches: 'self-attention',
  together: [1, 4],
  lapTokens: 2048,
} as const;

const careful = {
  program: 'PyTorch',
  title: 'PyTorch, fp32',
  precision: 'fp32',
  caches: 'both',
  together: [1, 4, 16],
} as const;

export const WAYS = {
  kit: { program: 'kit', title: 'kit, fp32', precision: 'fp32' },
  'kit-bf16': { program: 'kit', title: 'kit, bf16', precision: 'bf16' },
  careful,
  'careful-bf16': { ...careful, title: 'PyTorch, bf16', precision: 'bf16' },
  released,
  'released-16': { ...released, title: `${released.title}, 16 samples`, samples: 16 },
} as const satisfies Record<string, Way>;

export type WayName = keyof typeof WAYS;

const CAREFUL = ['kit', 'kit-bf16', 'careful', 'careful-bf16'] as const;

const each = { samples: 64, threads: 'all' } as const;
const tiny = { ...each, size: 'tiny', prompt: 60, generated: 100, vocabSize: 38 } as const;
const s = { ...each, size: 's', prompt: 200, generated: 200, vocabSize: 938 } as const;

/** By the name of the part that measures it. */
export const ROLLOUTS = {
  'rollouts-tiny': { ...tiny, prompts: 1, ways: CAREFUL, rounds: 15 },
  'rollouts-tiny-many': { ...tiny, prompts: 4, ways: CAREFUL, rounds: 9 },
  'rollouts-s': { ...s, prompts: 1, ways: [...CAREFUL, 'released', 'released-16'], rounds: 5 },
  'rollouts-s-many': { ...s, prompts: 16, ways: [...CAREFUL, 'released'], rounds: 2 },
} as const satisfies Record<string, RolloutWorkload>;

export type RolloutName = keyof typeof ROLLOUTS;

export function titleOf({ size, prompts, samples, prompt, generated }: RolloutWorkload): string {
  const each = prompts === 1 ? 'a prompt' : `${prompts} prompts`;
  return `${size}, ${each} of ${prompt} tokens, ${samples} × ${generated} generated`;
}

/** Token ids without bos and eos, as the kit takes them. */
export function promptsOf(workload: RolloutWorkload): number[][] {
  const { prompts, prompt, vocabSize } = workload;
  const rng = createRng('prompts');
  return Array.from({ length: prompts }, () =>
    Array.from({ length: prompt - 2 }, () => 2 + rng.int(vocabSize - 2)),
  );
}

/** Prompts whose responses are compared between the programs. */
export function checkedPrompts({ prompts }: RolloutWorkload): number[] {
  return [...new Set([0, prompts - 1])];
}

/** Responses compared to each of these. */
export const CHECKED_SAMPLES = 2;
