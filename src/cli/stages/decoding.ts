/** What an evaluation asks of a model, and what it is called. */
import path from 'node:path';
import type { Corruption } from '../../../traces/corruptions.ts';
import { evaluationName, type EvaluationSettings } from '../../evaluation/evaluation.ts';
import type { Mode } from '../../../traces/modes.ts';
import type { TokenChoice } from '../../evaluation/tokenChoice.ts';
import type { DataSettings, Experiment } from '../../experiment.ts';

/** Where it differs from the experiment's own, the evaluation gets a name of its own. */
export interface Decoding extends TokenChoice {
  readonly modes: readonly Mode[];
  /** What is done to A*'s traces, which responses are made to begin with; each by itself. */
  readonly corruptions?: readonly Corruption[] | undefined;
  readonly samples: number;
  readonly maxTokens: number;
  /** fp32 unless given. */
  readonly precision: EvaluationSettings['precision'];
  readonly split: 'train' | 'validation' | 'test';
  /** The first ones of the split, at most all of it. */
  readonly tasks: number;
  readonly seed: string | number;
  /** Name of the data set, if it is not the run's own. */
  readonly on: string | undefined;
  /** Names the evaluation instead of what differs from the experiment's own. */
  readonly label?: string | undefined;
}

export function ownDecoding({ evaluation, seed }: Experiment): Decoding {
  const { form, precision } = evaluation;
  return {
    ...evaluation,
    form: form === 'any' ? undefined : form,
    precision: precision === 'fp32' ? undefined : precision,
    seed,
    on: undefined,
  };
}

/** What of it the records depend on, in the words that they are kept with. */
export function drawnBy({
  samples,
  temperature,
  topK,
  topP,
  form,
  precision,
  maxTokens,
  seed,
  split,
}: Decoding) {
  return { samples, temperature, topK, topP, form, precision, maxTokens, seed, split };
}

/** One evaluation of those that a decoding asks for. */
export interface Asked {
  readonly mode: Mode;
  readonly corruption: Corruption | undefined;
}

/** Every mode with every corruption. */
export function asked({ modes, corruptions }: Decoding): Asked[] {
  return modes.flatMap((mode) =>
    (corruptions ?? [undefined]).map((corruption) => ({ mode, corruption })),
  );
}

/** How many tasks a split of such data holds. */
export function tasksIn(data: DataSettings, split: Decoding['split']): number {
  return { train: data.trainCount, validation: data.validationCount, test: data.testCount }[split];
}

/**
 * What an evaluation of the experiment's run is called; the same where the same is evaluated.
 * @param available how many tasks its split holds
 */
export function nameOf(
  asked: Asked,
  decoding: Decoding,
  { experiment, available }: { readonly experiment: Experiment; readonly available: number },
): string {
  const name = decoding.label ?? deviations(decoding, ownDecoding(experiment), available);
  return evaluationName({ ...decoding, ...asked }, name);
}

/** What tells this evaluation from the experiment's own, as a part of a folder's name. */
function deviations(decoding: Decoding, own: Decoding, available: number): string | undefined {
  const [tasks, ownTasks] = [decoding, own].map((one) => Math.min(one.tasks, available));
  const parts = [
    decoding.on,
    decoding.split === own.split ? undefined : decoding.split,
    tasks === ownTasks ? undefined : `first${tasks}`,
    decoding.maxTokens === own.maxTokens ? undefined : `max${decoding.maxTokens}`,
    decoding.seed === own.seed ? undefined : `seed${decoding.seed}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('-');
}

/** Of a data set's folder, fit for the name of a file. */
export function datasetName(folder: string): string {
  return path.basename(path.resolve(folder)).replaceAll(/[^\w.]+/g, '_');
}
