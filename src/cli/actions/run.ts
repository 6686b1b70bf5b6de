/** `kit run`: data, training, evaluation, improvement, report; what is done is skipped. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import { firstExperiment, improvementFault, improvementName } from '../../improvementSettings.ts';
import { loadExperiment, type LoadedExperiment } from '../loadExperiment.ts';
import type { Session } from '../session.ts';
import { prepareData, readDataset } from '../stages/data.ts';
import type { EngineFlags } from '../stages/engine.ts';
import { checkEvaluated, checkFeasible } from '../stages/feasible.ts';
import { checkRunFolder } from '../stages/runFolder.ts';
import { settingsOf, type SettingsFlags } from './settings.ts';

/** Where a shipped model plans, training only shows that it works. */
const SLOW_BUDGET_MINUTES = 2;

export interface RunFlags extends EngineFlags, SettingsFlags {
  readonly out: string | undefined;
  readonly data: string | undefined;
}

export async function runExperiment(
  nameOrFile: string,
  flags: RunFlags,
  session: Session,
): Promise<void> {
  const loaded = await loadExperiment(nameOrFile, settingsOf(flags));
  const { name, description, improvement } = loaded.experiment;
  const own = firstExperiment(loaded.experiment);
  const out = flags.out ?? path.join('runs', name);
  checkRunFolder(out, own, { resume: true, ownData: flags.data === undefined });
  if (flags.data === undefined) {
    checkFeasible(own);
    checkEvaluated(own);
  } else readDataset(flags.data);
  session.note(`${name}: ${description}`);

  const { checkPrecision, isSlow, startEngine } = await import('../stages/engine.ts');
  const backend = await startEngine(flags, own, session);
  // Before the training, which may take days.
  checkPrecision(own.evaluation.precision, backend, 'evaluation.precision');
  checkPrecision(improvement?.precision, backend, 'improvement.precision');
  const { dataset, experiment } = await prepareData(own, flags.data, session);
  checkEvaluated(experiment);
  const fault = improvement === undefined ? null : improvementFault(experiment, improvement);
  if (fault !== null) throw new InputError(`${fault.path.join('.')}: ${fault.message}`);
  const shipped = isSlow(backend) ? pretrainedFile(loaded) : null;
  const shippedName = shipped === null ? null : path.relative('.', shipped);
  if (shippedName !== null) {
    session.note(
      `${backend.name} is too slow to train this model: ${shippedName} will plan, which was ` +
        `trained on the native engine; ${SLOW_BUDGET_MINUTES} minutes of training show the loss fall`,
    );
  }

  const { evaluateModes } = await import('../stages/evaluation.ts');
  const { ownDecoding } = await import('../stages/decoding.ts');
  const { withPlanner } = await import('../stages/model.ts');
  const { readCheckpoint } = await import('../../training/checkpoint.ts');
  const { checkModel, chooseCheckpoint } = await import('../../training/runModel.ts');
  const shippedModel = shipped === null ? null : readCheckpoint(shipped);
  if (shippedModel !== null) checkModel(shippedModel, experiment, shippedName!);

  const { trainModel } = await import('../stages/training.ts');
  const budget = shipped === null ? null : SLOW_BUDGET_MINUTES;
  const stage = { experiment, dataset, backend, out, resume: true, budget };
  const { step } = await trainModel(stage, session);
  session.note(`training: ${step} of ${experiment.training.steps} steps`);

  const checkpoint = shippedModel ?? chooseCheckpoint(out, experiment);
  const { checkImprovement, improveModel } = await import('../stages/improvement.ts');
  const trained = { experiment, checkpoint, dataset, backend };
  const toImprove = improvement && {
    ...trained,
    improvement,
    out: path.join(out, improvementName(improvement)),
  };
  if (toImprove !== undefined && shipped === null) checkImprovement(toImprove);
  const decoding = ownDecoding(experiment);
  const source = shipped === null ? undefined : (experiment.pretrained ?? undefined);
  const names = await withPlanner(checkpoint, backend, (planner) =>
    evaluateModes({ ...trained, source, out, decoding, planner }, session),
  );

  const { concludeRun } = await import('../stages/report.ts');
  if (shippedName !== null) {
    await session.print(`planned with ${shippedName}, not with the weights in ${out}`);
  }
  await concludeRun(out, experiment.evaluation, session);
  if (toImprove === undefined) return;
  if (shipped !== null) {
    session.note(`${backend.name} is too slow to improve the model`);
    return;
  }
  const { concludeImprovement } = await import('../stages/improvementReport.ts');
  const rounds = await improveModel(toImprove, session);
  await concludeImprovement({ run: out, rounds, names, out: toImprove.out }, session);
}

/** The experiment's shipped checkpoint, or null if it has none. @throws InputError if it is gone */
function pretrainedFile({ experiment, folders }: LoadedExperiment): string | null {
  const { pretrained } = experiment;
  if (pretrained === null) return null;
  const file = folders.map((folder) => path.resolve(folder, pretrained)).find(existsSync);
  if (file === undefined) throw new InputError(`pretrained: ${pretrained}: no such checkpoint`);
  return file;
}
