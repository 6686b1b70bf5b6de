/** Tasks whose responses begin with A*'s own trace, true or corrupted, so that only the plan is the model's. */
import { environmentOf } from '../../envs/index.ts';
import { createRng } from '../../envs/rng.ts';
import { corruptTrace } from '../../traces/corrupt.ts';
import type { Corruption } from '../../traces/corruptions.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { parseResponse } from '../../traces/parse.ts';
import { toldPlan } from '../../traces/toldPlan.ts';
import { EOS, PLAN, type Vocabulary } from '../../traces/vocabulary.ts';
import type { EvaluationExample, ForcedPrefix } from './evaluate.ts';

export interface ForcingOptions {
  readonly corruption: Corruption;
  /** The model's, and the data set's, which may know fewer coordinates or costs. */
  readonly vocabulary: Vocabulary;
  readonly written: Vocabulary;
  /** Longest response in tokens. */
  readonly maxTokens: number;
}

/**
 * In the order of the examples. Left out is a task that does not allow the corruption, whose own trace
 * does not tell an optimal plan in the model's words, or whose trace leaves no room for the plan.
 */
export function forcedExamples<E extends EvaluationExample>(
  examples: readonly E[],
  options: ForcingOptions,
): (E & { readonly prefix: ForcedPrefix })[] {
  return examples.flatMap((example, at) => {
    const prefix = prefixOf(example, examples[(at + 1) % examples.length]!, options);
    return prefix === null ? [] : [{ ...example, prefix }];
  });
}

function prefixOf(
  example: EvaluationExample,
  next: EvaluationExample,
  { corruption, vocabulary, written, maxTokens }: ForcingOptions,
): ForcedPrefix | null {
  const { environment } = vocabulary;
  const task = tokenizerOf(environment).readPrompt(example.prompt, vocabulary, example);
  const reasoning = inWordsOf(vocabulary, written, example.reasoning);
  if (reasoning === null) return null;
  const { plan } = parseResponse([...(toldPlan(reasoning, vocabulary) ?? []), EOS], vocabulary);
  if (plan?.length !== example.optimalLength) return null;
  if (!environmentOf(environment).checkPlan(task, plan).valid) return null;
  const other = next === example ? null : inWordsOf(vocabulary, written, next.reasoning);
  // Neither by kind nor by seed: kinds change the same clause, and all models read the same traces.
  const rng = createRng('corrupt').split(example.id);
  const corrupted = corruptTrace(corruption, { task, vocabulary, reasoning, other }, rng);
  if (corrupted === null) return null;
  const tokens = Uint16Array.from([...corrupted.reasoning, PLAN]);
  const told = toldPlan(corrupted.reasoning, vocabulary)?.length ?? 0;
  const room = Math.max(told, 3 * plan.length);
  if (corrupted.reasoning.length + room + 1 > maxTokens) return null;
  return { tokens, clause: corrupted.clause };
}

/** The same words as ids of another vocabulary; null if it lacks one. */
function inWordsOf(to: Vocabulary, from: Vocabulary, ids: Uint16Array): Uint16Array | null {
  const translated = Array.from(ids, (id) => {
    const value = from.value(id);
    const kind = from.kind(id);
    if (kind === 'cost') return value < to.costs ? to.cost(value) : null;
    return kind === 'coordinate' && value >= to.coordinates ? null : id;
  });
  return translated.includes(null) ? null : Uint16Array.from(translated as number[]);
}
