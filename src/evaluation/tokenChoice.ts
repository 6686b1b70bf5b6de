/** How the tokens of a response are chosen, as evaluations and single problems ask for it. */
import { type ResponseForm, responseGrammar } from '../../traces/grammar.ts';
import type { Vocabulary } from '../../traces/vocabulary.ts';
import type { RolloutOptions } from '../model/rollout.ts';

export interface TokenChoice {
  /** 0 is greedy. */
  readonly temperature: number;
  /** Draws from the k likeliest tokens only; from all unless given. */
  readonly topK?: number | undefined;
  /** Draws from the likeliest tokens that together have this probability; from all unless given. */
  readonly topP?: number | undefined;
  /** What responses are held to; to nothing unless given. */
  readonly form?: ResponseForm | undefined;
}

export function rolloutChoice(
  { temperature, topK, topP, form }: TokenChoice,
  vocabulary: Vocabulary,
): Pick<RolloutOptions, 'temperature' | 'topK' | 'topP' | 'grammar'> {
  return {
    temperature,
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
    ...(form !== undefined && { grammar: responseGrammar(vocabulary, form) }),
  };
}
