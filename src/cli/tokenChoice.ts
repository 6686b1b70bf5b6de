/** What flags say of how tokens are chosen, where they say nothing what is usual. */
import { InputError } from '../../envs/inputError.ts';
import type { TokenChoice } from '../evaluation/tokenChoice.ts';
import { flagName } from './flags.ts';

export interface ChoiceFlags {
  readonly temperature: number | undefined;
  readonly topK: number | undefined;
  readonly topP: number | undefined;
  readonly form: 'any' | NonNullable<TokenChoice['form']> | undefined;
}

/**
 * @param drawn responses per task: several greedy ones would all be the same
 * @throws InputError if one token is to be taken greedily and others to be drawn from
 */
export function chosenBy(
  flags: Partial<ChoiceFlags>,
  usual: TokenChoice,
  drawn: number,
): TokenChoice {
  const narrowing = (['topK', 'topP'] as const).find((key) => flags[key] !== undefined);
  const draws = drawn > 1 || narrowing !== undefined;
  const temperature = flags.temperature ?? (draws ? usual.temperature || 1 : usual.temperature);
  const { form = usual.form } = flags;
  const held = { temperature, form: form === 'any' ? undefined : form };
  if (temperature > 0) {
    return { ...held, topK: flags.topK ?? usual.topK, topP: flags.topP ?? usual.topP };
  }
  if (narrowing === undefined) return held;
  throw new InputError(`--${flagName(narrowing)} needs a --temperature above 0, not 0`);
}
