/** The two programs that respond side by side, each as a child process that holds its ways. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BOS, EOS } from '../traces/vocabulary.ts';
import { kitRoot } from '../src/kitPackage.ts';
import { modelConfig, type ModelConfig } from '../src/model/config.ts';
import { bytesOf } from '../src/training/safetensors.ts';
import { startChild, type Child } from './child.ts';
import { pythonEnvironment, startingParams } from './programs.ts';
import { checkedPrompts, promptsOf, ROLLOUTS, WAYS } from './rolloutWorkloads.ts';
import type { RolloutName, RolloutWorkload, Way } from './rolloutWorkloads.ts';

/** MiB that a program may take before it counts as failed. */
const MEMORY_LIMIT = 8_192;
/** Bytes. Larger ones, which grow with every token, would be kept and never fit again. */
const KEPT_BLOCKS = 2 ** 25;

/**
 * Replies to `{ open: way, responses }`. The kit's first way is asked with null, and draws the
 * responses whose tokens all others give probabilities to.
 */
export interface OpenedRollouts {
  /** The kit's: what it drew, or was given. */
  readonly responses?: readonly (readonly number[])[];
  /** Of each of these tokens ln p. */
  readonly logProbs: readonly (readonly number[])[];
  readonly threads: number;
  /** Computed at once; null where the program sees to it itself. */
  readonly rows: number | null;
  /** What computes, with its version. */
  readonly software: string;
}

export function startKitRollouts(name: RolloutName, threads: number): Child {
  const script = fileURLToPath(new URL('./kitRollouts.js', import.meta.url));
  const args = [script, name, String(threads)];
  return startChild(process.execPath, args, { memoryLimit: MEMORY_LIMIT });
}

/** @param python a Python that can import torch */
export function startPyTorchRollouts(python: string, name: RolloutName, threads: number): Child {
  const workload: RolloutWorkload = ROLLOUTS[name];
  const config = modelConfig(workload.size, workload.vocabSize);
  return startRolloutTwin(python, {
    config,
    prompts: promptsOf(workload),
    checked: checkedPrompts(workload),
    samples: workload.samples,
    generated: workload.generated,
    threads: countsUpTo(threads),
    ways: WAYS,
  });
}

/** What the twin responds to, and how. */
export interface RolloutJob {
  readonly config: ModelConfig;
  /** Of one length, without bos and eos. */
  readonly prompts: readonly (readonly number[])[];
  /** Those with responses to check. */
  readonly checked: readonly number[];
  readonly samples: number;
  readonly generated: number;
  /** Numbers of threads that are tried. */
  readonly threads: readonly number[];
  readonly ways: Readonly<Record<string, Way>>;
}

export function startRolloutTwin(python: string, job: RolloutJob): Child {
  const script = path.join(kitRoot, 'bench', 'twin', 'rollout.py');
  const env = { ...process.env, ...pythonEnvironment(KEPT_BLOCKS) };
  const child = startChild(python, [script], { env, memoryLimit: MEMORY_LIMIT });
  child.tell({
    ...job,
    bos: BOS,
    params: Buffer.from(bytesOf(startingParams(job.config))).toString('base64'),
    prompts: job.prompts.map((ids) => [BOS, ...ids, EOS]),
  });
  return child;
}

/** 1, 2, 4, … and the count itself. */
export function countsUpTo(count: number): number[] {
  const counts = [];
  for (let n = 1; n < count; n *= 2) counts.push(n);
  return [...counts, count];
}
