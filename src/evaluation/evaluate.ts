/**
 * Rollouts to records: every response is parsed, its plan checked by the rules of the environment
 * and its trace against A*.
 *
 * Deviates from the released evaluator, which accepts plans without eos and, in Sokoban, ignores
 * blocked moves and the first position: here a response without eos is malformed, and a plan is
 * correct only if it begins at the start, every step is legal and the last state is a goal.
 */
import type { Board } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import { InputError } from '../../envs/inputError.ts';
import { createRng } from '../../envs/rng.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { parseResponse } from '../../traces/parse.ts';
import { validateTrace } from '../../traces/validate.ts';
import type { Vocabulary } from '../../traces/vocabulary.ts';
import type { RolloutFn } from './rollouts.ts';
import { MODE_PREFIX, type Mode } from '../../traces/modes.ts';
import { referenceTraceLength } from './reference.ts';
import { rolloutChoice, type TokenChoice } from './tokenChoice.ts';
import type { EvaluationRecord, SampleRecord } from './records.ts';

/** What evaluation needs of an example of a data set. */
export interface EvaluationExample {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  /** Token ids without bos and eos. */
  readonly prompt: Uint16Array;
  /** The complete A* trace. */
  readonly reasoning: Uint16Array;
  /** Positions, start included. */
  readonly optimalLength: number;
  /** What its responses begin with, instead of what the mode says. */
  readonly prefix?: ForcedPrefix;
}

export interface ForcedPrefix {
  readonly tokens: Uint16Array;
  /** As in `ForcedTrace`. */
  readonly clause: number | null;
}

export interface EvaluateOptions extends TokenChoice {
  readonly mode: Mode;
  /** The model's vocabulary; it names the environment too. */
  readonly vocabulary: Vocabulary;
  /** Responses per task. */
  readonly samples: number;
  /** Longest response in tokens. */
  readonly maxTokens: number;
  readonly seed: string | number;
  /** Nondeterministic A* runs per task behind t*, the length that ILR compares with. */
  readonly referenceRuns?: number;
  /** Responses that are asked for at once. */
  readonly batchSize?: number;
  /** Where batches that are finished already come from, and further ones go. */
  readonly finished?: FinishedBatches;
  /** Counts tasks. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Batches are numbered from 0 in an order that depends on examples and options alone. */
export interface FinishedBatches {
  readonly read: (batch: number) => readonly EvaluationRecord[] | null;
  readonly write: (batch: number, records: readonly EvaluationRecord[]) => void;
}

/**
 * One record per example, in the order of the examples. What a batch answers can depend by rounding on
 * who is in it, so that whole batches are kept and asked for: the records are the same ones however
 * often the evaluation was stopped.
 * @throws InputError if an example contradicts the vocabulary or the rules
 */
export async function evaluate(
  examples: readonly EvaluationExample[],
  rollout: RolloutFn,
  options: EvaluateOptions,
): Promise<EvaluationRecord[]> {
  const { samples, finished, signal, batchSize = 1024 } = options;
  const records: EvaluationRecord[] = [];
  const batches = batchesByLength(examples, Math.max(1, Math.floor(batchSize / samples)));
  let done = 0;
  for (const [number, batch] of batches.entries()) {
    signal?.throwIfAborted();
    const own = batch.map(({ example }) => example);
    let answered = finished?.read(number) ?? null;
    if (answered === null || !areAnswers(answered, own, samples)) {
      answered = await answer(own, rollout, options);
      finished?.write(number, answered);
    }
    for (const [index, { at }] of batch.entries()) records[at] = answered[index]!;
    done += batch.length;
    options.onProgress?.({ done, total: examples.length });
  }
  return records;
}

/** The records of a batch. */
async function answer(
  examples: readonly EvaluationExample[],
  rollout: RolloutFn,
  options: EvaluateOptions,
): Promise<EvaluationRecord[]> {
  const { mode, samples, maxTokens, seed, signal } = options;
  const choice = rolloutChoice(options, options.vocabulary);
  const decoding = { prefix: MODE_PREFIX[mode], samples, ...choice, maxTokens, seed, signal };
  const requests = examples.map(({ id, prompt, prefix }) => ({
    id: String(id),
    prompt,
    prefix: prefix?.tokens,
  }));
  const responses = await rollout(requests, decoding);
  if (responses.length !== examples.length || responses.some((own) => own.length !== samples)) {
    throw new Error(`the rollout did not give ${samples} responses to each request`);
  }
  return examples.map((example, index) => recordOf(example, responses[index]!, options));
}

/** Whether the records are of these examples, with so many samples each. */
function areAnswers(
  records: readonly EvaluationRecord[],
  examples: readonly EvaluationExample[],
  samples: number,
): boolean {
  return (
    records.length === examples.length &&
    records.every((record, i) => {
      const { id, prompt } = examples[i]!;
      const isSameTask = record.id === id && record.prompt.join() === prompt.join();
      return isSameTask && record.samples.length === samples;
    })
  );
}

/**
 * What a response is worth, whatever ids it consists of.
 * @throws InputError if its plan is correct and shorter than `optimalLength`
 */
export function judgeResponse(
  tokens: Uint16Array,
  problem: {
    readonly example: Pick<EvaluationExample, 'id' | 'optimalLength'>;
    readonly task: Board;
    readonly vocabulary: Vocabulary;
  },
): SampleRecord {
  const { example, task, vocabulary } = problem;
  const response = parseResponse(tokens, vocabulary);
  const trace = validateTrace(task, vocabulary.environment, vocabulary, response.reasoning).verdict;
  const { traceLength } = response;
  if (response.plan === null) {
    const reason = response.error?.reason ?? 'no plan';
    return { tokens, outcome: 'malformed', reason, planLength: null, traceLength, trace };
  }
  const planLength = response.plan.length;
  const check = environmentOf(vocabulary.environment).checkPlan(task, response.plan);
  if (!check.valid) {
    const reason = `a position ${check.reason}`;
    return { tokens, outcome: 'wrong', reason, planLength, traceLength, trace };
  }
  if (planLength < example.optimalLength) {
    throw new InputError(
      `task ${example.id}: optimalLength is ${example.optimalLength}, ` +
        `but a plan of ${planLength} positions solves it`,
    );
  }
  const outcome = planLength === example.optimalLength ? 'optimal' : 'solved';
  return { tokens, outcome, reason: null, planLength, traceLength, trace };
}

function recordOf(
  example: EvaluationExample,
  responses: readonly Uint16Array[],
  { vocabulary, seed, referenceRuns = 10 }: EvaluateOptions,
): EvaluationRecord {
  const { id, width, height, prompt, optimalLength, reasoning, prefix } = example;
  const { environment } = vocabulary;
  const task = tokenizerOf(environment).readPrompt(prompt, vocabulary, example);
  const rng = createRng(seed).split('reference', id);
  return {
    id,
    width,
    height,
    walls: task.walls.reduce((sum, wall) => sum + wall, 0),
    prompt,
    optimalLength,
    aStarTraceLength: reasoning.length,
    referenceTraceLength: referenceTraceLength(environment, task, { rng, runs: referenceRuns }),
    ...(prefix && { forced: { length: prefix.tokens.length, clause: prefix.clause } }),
    samples: responses.map((tokens) => judgeResponse(tokens, { example, task, vocabulary })),
  };
}

/**
 * Batches of tasks with traces of similar length, since a batch takes as long as its longest
 * response; the longest first, so that what does not fit into memory fails at once.
 */
function batchesByLength<E extends EvaluationExample>(
  examples: readonly E[],
  size: number,
): { readonly example: E; readonly at: number }[][] {
  const ordered = examples
    .map((example, at) => ({ example, at }))
    .sort((a, b) => b.example.reasoning.length - a.example.reasoning.length || a.at - b.at);
  const batches = [];
  for (let from = 0; from < ordered.length; from += size) {
    batches.push(ordered.slice(from, from + size));
  }
  return batches;
}
