/** `kit eval` */
import type { Corruption } from '../../../traces/corruptions.ts';
import { readManifest } from '../../data/dataset.ts';
import { readEvaluation } from '../../evaluation/evaluation.ts';
import type { Mode } from '../../evaluation/rollouts.ts';
import { collectResults } from '../../report/results.ts';
import type { Precision } from '../../engine/program.ts';
import { readRun } from '../../report/run.ts';
import { chooseCheckpoint } from '../../training/runModel.ts';
import type { Session } from '../session.ts';
import { readDataLink } from '../stages/data.ts';
import { startEngine, type EngineFlags } from '../stages/engine.ts';
import { datasetName, ownDecoding, type Decoding } from '../stages/decoding.ts';
import { evaluateModes } from '../stages/evaluation.ts';
import { printTables } from '../stages/report.ts';
import { readRunExperiment } from '../stages/runFolder.ts';
import { chosenBy, type ChoiceFlags } from '../tokenChoice.ts';
import { UsageError } from '../usageError.ts';

export interface EvaluateFlags extends EngineFlags, ChoiceFlags {
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

export async function evaluateRun(
  run: string,
  flags: EvaluateFlags,
  session: Session,
): Promise<void> {
  const experiment = readRunExperiment(run);
  const { data } = flags;
  const dataset =
    data === undefined ? readDataLink(run) : { folder: data, manifest: readManifest(data) };
  const checkpoint = chooseCheckpoint(run, experiment);
  const decoding: Decoding = {
    ...decodingOf(flags, ownDecoding(experiment)),
    on: data === undefined ? undefined : datasetName(data),
  };
  const backend = await startEngine(flags, experiment, session);
  const names = await evaluateModes(
    { experiment, checkpoint, dataset, backend, out: run, decoding },
    session,
  );
  const evaluations = names.map((name) => readEvaluation(run, name));
  await printTables(collectResults([{ ...readRun(run), evaluations }]), session);
}

/** What the flags say, else what the experiment does. */
export function decodingOf(flags: Partial<Omit<EvaluateFlags, 'data'>>, own: Decoding): Decoding {
  const { samples, temperature, topK, topP } = flags;
  const corruptions = corruptionsOf(flags);
  const greedy = flags.greedy || corruptions !== undefined;
  if (greedy && (samples ?? 1) !== 1) throw new UsageError('--greedy draws no --samples');
  if (greedy && (temperature ?? 0) !== 0) throw new UsageError('--greedy has no --temperature');
  if (greedy && topK !== undefined) throw new UsageError('--greedy has no --top-k');
  if (greedy && topP !== undefined) throw new UsageError('--greedy has no --top-p');
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
function corruptionsOf(flags: Partial<Omit<EvaluateFlags, 'data'>>): Corruption[] | undefined {
  const { corrupt, mode = ['slow'], samples = 1, temperature = 0, topK, topP } = flags;
  if (corrupt === undefined) return undefined;
  if (mode.some((each) => each !== 'slow')) throw new UsageError('--corrupt has --mode slow only');
  if (samples !== 1) throw new UsageError('--corrupt draws no --samples');
  if (temperature !== 0) throw new UsageError('--corrupt has no --temperature');
  if (topK !== undefined) throw new UsageError('--corrupt has no --top-k');
  if (topP !== undefined) throw new UsageError('--corrupt has no --top-p');
  return [...new Set<Corruption>(['none', ...corrupt])];
}
