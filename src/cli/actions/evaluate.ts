/** `kit eval` */
import { InputError } from '../../../envs/inputError.ts';
import type { Corruption } from '../../../traces/corruptions.ts';
import { readEvaluation } from '../../evaluation/evaluation.ts';
import type { Mode } from '../../evaluation/rollouts.ts';
import { collectResults } from '../../report/results.ts';
import type { Precision } from '../../engine/program.ts';
import { readRun } from '../../report/run.ts';
import { chooseCheckpoint } from '../../training/runModel.ts';
import type { Experiment } from '../../experiment.ts';
import { readEvaluationList } from '../evaluationList.ts';
import { flagName } from '../flags.ts';
import type { Session } from '../session.ts';
import { datasetFor } from '../stages/data.ts';
import { startEngine, type EngineFlags } from '../stages/engine.ts';
import { datasetName, ownDecoding, type Decoding } from '../stages/decoding.ts';
import { evaluateModes, type EvaluationStage } from '../stages/evaluation.ts';
import { withPlanner } from '../stages/model.ts';
import { printTables } from '../stages/report.ts';
import { readRunExperiment } from '../stages/runFolder.ts';
import { chosenBy, type ChoiceFlags } from '../tokenChoice.ts';
import { UsageError } from '../usageError.ts';

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

export interface EvaluateFlags extends EngineFlags, DecodingFlags {
  /** A file that lists several, instead of these flags. */
  readonly evaluations: string | undefined;
}

/** Evaluations of one list share a process, and the weights that it has loaded. */
export async function evaluateRun(
  run: string,
  flags: EvaluateFlags,
  session: Session,
): Promise<void> {
  const experiment = readRunExperiment(run);
  const checkpoint = chooseCheckpoint(run, experiment);
  const { evaluations: list, ...single } = flags;
  const asked = list === undefined ? [single] : listedIn(list, single);
  const prepared: Prepared[] = [];
  for (const one of asked) {
    const named = list === undefined ? null : `evaluation ${one.label}`;
    prepared.push({ named, ...(await naming(named, () => prepare(run, one, experiment))) });
  }
  const backend = await startEngine(flags, experiment, session);
  await withPlanner(checkpoint, backend, async (planner) => {
    for (const { named, ...what } of prepared) {
      if (named !== null) session.note(named);
      const stage = { ...what, experiment, checkpoint, planner, backend, out: run };
      const names = await naming(named, () => evaluateModes(stage, session));
      const evaluations = names.map((name) => readEvaluation(run, name));
      const results = collectResults([{ ...readRun(run, () => false), evaluations }]);
      await printTables(results, session);
    }
  });
}

interface Prepared extends Pick<EvaluationStage, 'dataset' | 'decoding'> {
  /** What it is called in a list. */
  readonly named: string | null;
}

function prepare(
  run: string,
  { data, ...flags }: Partial<DecodingFlags>,
  experiment: Experiment,
): Omit<Prepared, 'named'> {
  const on = data === undefined ? undefined : datasetName(data);
  const decoding = { ...decodingOf(flags, ownDecoding(experiment)), on };
  return { dataset: datasetFor(run, data), decoding };
}

/** @throws InputError naming what is wrong in the file, UsageError if a flag says more than it does */
function listedIn(
  file: string,
  flags: Omit<EvaluateFlags, 'evaluations'>,
): readonly Partial<DecodingFlags>[] {
  const { backend: _, threads: __, ...others } = flags;
  const other = Object.entries(others).find(([, given]) => given !== undefined && given !== false);
  if (other !== undefined)
    throw new UsageError(`--evaluations says all in its file: leave out --${flagName(other[0])}`);
  return readEvaluationList(file).map(({ modes, ...evaluation }) => ({
    ...evaluation,
    mode: modes,
  }));
}

/** Complaints begin with what they are about. */
async function naming<T>(named: string | null, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (named === null || !(error instanceof InputError)) throw error;
    throw new InputError(`${named}: ${error.message}`);
  }
}

/** What the flags say, else what the experiment does. */
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
