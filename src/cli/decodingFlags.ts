/** What flags, or a list, ask of an evaluation; what they do not say is as the experiment has it. */
import type { Corruption } from '../../traces/corruptions.ts';
import type { Precision } from '../engine/program.ts';
import type { Mode } from '../../traces/modes.ts';
import type { Decoding } from './stages/decoding.ts';
import { chosenBy, type ChoiceFlags } from './tokenChoice.ts';
import { UsageError } from './usageError.ts';

/** What one evaluation asks for. */
export interface DecodingFlags extends ChoiceFlags {
  readonly mode: readonly Mode[] | undefined;
  readonly samples: number | undefined;
  readonly greedy: boolean;
  readonly maxTokens: number | undefined;
  readonly precision: Precision | undefined;
  readonly data: string | undefined;
  readonly split: Decoding['split'] | undefined;
  readonly tasks: number | undefined;
  readonly seed: number | undefined;
  readonly label: string | undefined;
  readonly corrupt: readonly Corruption[] | undefined;
}

/** @throws UsageError, InputError naming flags that exclude each other */
export function decodingOf(flags: Partial<Omit<DecodingFlags, 'data'>>, own: Decoding): Decoding {
  const { samples, temperature, topK, topP } = flags;
  const corruptions = corruptionsOf(flags);
  const greedy = flags.greedy || corruptions !== undefined;
  if (greedy && (samples ?? 1) !== 1)
    throw new UsageError('--greedy gives one response: leave out --samples');
  if (greedy && (temperature ?? 0) !== 0)
    throw new UsageError('--greedy has temperature 0: leave out --temperature');
  if (greedy && topK !== undefined)
    throw new UsageError('--greedy takes the likeliest token: leave out --top-k');
  if (greedy && topP !== undefined)
    throw new UsageError('--greedy takes the likeliest token: leave out --top-p');
  const drawn = greedy ? 1 : (samples ?? own.samples);
  const { precision = own.precision } = flags;
  const choice = chosenBy(greedy ? { ...flags, temperature: 0 } : flags, own, drawn);
  return {
    ...own,
    modes: corruptions === undefined ? (flags.mode ?? own.modes) : ['slow'],
    corruptions,
    samples: drawn,
    temperature: choice.temperature,
    topK: choice.topK,
    topP: choice.topP,
    form: choice.form,
    maxTokens: flags.maxTokens ?? own.maxTokens,
    precision: precision === 'fp32' ? undefined : precision,
    split: flags.split ?? own.split,
    tasks: flags.tasks ?? own.tasks,
    seed: flags.seed ?? own.seed,
    label: flags.label,
  };
}

/** With the true trace, which the others are held against. */
function corruptionsOf(flags: Partial<Omit<DecodingFlags, 'data'>>): Corruption[] | undefined {
  const { corrupt, mode = ['slow'], samples = 1, temperature = 0, topK, topP } = flags;
  if (corrupt === undefined) return undefined;
  if (mode.some((each) => each !== 'slow'))
    throw new UsageError('--corrupt works in slow mode only: leave out --mode');
  if (samples !== 1) throw new UsageError('--corrupt gives one response: leave out --samples');
  if (temperature !== 0)
    throw new UsageError('--corrupt has temperature 0: leave out --temperature');
  if (topK !== undefined)
    throw new UsageError('--corrupt takes the likeliest token: leave out --top-k');
  if (topP !== undefined)
    throw new UsageError('--corrupt takes the likeliest token: leave out --top-p');
  return [...new Set<Corruption>(['none', ...corrupt])];
}
