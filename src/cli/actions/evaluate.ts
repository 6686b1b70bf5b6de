/** `kit eval` */
import { InputError } from '../../../envs/inputError.ts';
import { readEvaluation } from '../../evaluation/evaluation.ts';
import { checkHoldsWeights, chooseCheckpoint } from '../../training/runModel.ts';
import type { Experiment } from '../../experiment.ts';
import { decodingOf, type DecodingFlags } from '../decodingFlags.ts';
import { readEvaluationList } from '../evaluationList.ts';
import { flagName } from '../flags.ts';
import type { Session } from '../session.ts';
import { datasetFor, isTrainedOn } from '../stages/data.ts';
import type { EngineFlags } from '../stages/engine.ts';
import { datasetName, ownDecoding } from '../stages/decoding.ts';
import type { EvaluationStage } from '../stages/evaluation.ts';
import { readRunExperiment } from '../stages/runFolder.ts';
import { UsageError } from '../usageError.ts';

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
  checkHoldsWeights(run);
  const { evaluations: list, ...single } = flags;
  const asked = list === undefined ? [single] : listedIn(list, single);
  const prepared: Prepared[] = [];
  for (const one of asked) {
    const named = list === undefined ? null : `evaluation ${one.label}`;
    prepared.push({ named, ...(await naming(named, () => prepare(run, one, experiment))) });
  }
  const checkpoint = chooseCheckpoint(run, experiment);

  const { startEngine } = await import('../stages/engine.ts');
  const backend = await startEngine(flags, experiment, session);
  const { withPlanner } = await import('../stages/model.ts');
  const { evaluateModes } = await import('../stages/evaluation.ts');
  const { collectResults } = await import('../../report/results.ts');
  const { readRun } = await import('../../report/run.ts');
  const { printTables } = await import('../stages/report.ts');
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
  const decoding = decodingOf(flags, ownDecoding(experiment));
  const dataset = datasetFor(run, data);
  const isOwn = data === undefined || isTrainedOn(run, dataset);
  return { dataset, decoding: { ...decoding, on: isOwn ? undefined : datasetName(data) } };
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
