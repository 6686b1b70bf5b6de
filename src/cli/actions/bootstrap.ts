/** `kit bootstrap` */
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import type { Precision } from '../../engine/program.ts';
import { METHODS } from '../../improvement/methods.ts';
import { improvementFile, readLedger, readOrigin } from '../../improvement/rounds.ts';
import { firstExperiment, improvementFault } from '../../improvementSettings.ts';
import { improvementName, improvementSchema } from '../../improvementSettings.ts';
import type { ImprovementSettings } from '../../improvementSettings.ts';
import { chooseCheckpoint } from '../../training/runModel.ts';
import { flagName } from '../flags.ts';
import type { Session } from '../session.ts';
import { checked, checkSettings } from '../settingErrors.ts';
import { trainedOn } from '../stages/data.ts';
import { ownDecoding } from '../stages/decoding.ts';
import type { EngineFlags } from '../stages/engine.ts';
import { readRunExperiment } from '../stages/runFolder.ts';
import type { ChoiceFlags } from '../tokenChoice.ts';

export interface BootstrapFlags extends EngineFlags, ChoiceFlags {
  readonly rounds: number | undefined;
  readonly samples: number | undefined;
  readonly tasks: number | undefined;
  readonly mode: 'slow' | 'auto' | undefined;
  readonly maxTokens: number | undefined;
  readonly precision: Precision | undefined;
  readonly steps: number | undefined;
  readonly learningRate: number | undefined;
  readonly warmupSteps: number | undefined;
  readonly freshOptimizer: boolean;
  readonly seed: number | undefined;
  readonly data: string | undefined;
  readonly out: string | undefined;
}

/** @throws InputError naming the flag, or what the run lacks */
export async function bootstrapRun(
  run: string,
  flags: BootstrapFlags,
  session: Session,
): Promise<void> {
  const experiment = firstExperiment(readRunExperiment(run));
  const out = flags.out ?? path.join(run, improvementName({ method: 'bootstrapping' }));
  const improvement = improvementOf(flags, out);
  const fault = improvementFault(experiment, improvement);
  if (fault !== null) {
    const [part, field = ''] = fault.path;
    const given = part === 'improvement' ? `--${flagName(field)}` : `${run}: ${part}.${field}`;
    throw new InputError(`${given}: ${fault.message}`);
  }
  const dataset = trainedOn(run, flags.data);
  const checkpoint = chooseCheckpoint(run, experiment);

  const { startEngine } = await import('../stages/engine.ts');
  const backend = await startEngine(flags, experiment, session);
  const { checkImprovement, improveModel } = await import('../stages/improvement.ts');
  const decoding = ownDecoding(experiment);
  const stage = { experiment, improvement, checkpoint, dataset, backend, out };
  checkImprovement(stage);
  const { evaluateModes } = await import('../stages/evaluation.ts');
  const { withPlanner } = await import('../stages/model.ts');
  const names = await withPlanner(checkpoint, backend, (planner) =>
    evaluateModes({ ...stage, planner, out: run, decoding }, session),
  );
  const rounds = await improveModel(stage, session);
  const { concludeImprovement } = await import('../stages/improvementReport.ts');
  await concludeImprovement({ run, rounds, names, out }, session);
}

/** What the flags say, else what the rounds that are there were made with, else what is usual. */
function improvementOf(flags: BootstrapFlags, out: string): ImprovementSettings {
  const { backend: _, threads: __, data: ___, out: ____, freshOptimizer, ...asked } = flags;
  const method = freshOptimizer ? { ...METHODS.bootstrapping, optimizer: 'fresh' } : undefined;
  const given = Object.fromEntries(
    Object.entries({ ...asked, method }).filter(([, value]) => value !== undefined),
  );
  const result = checked(improvementSchema, { ...settingsHeld(out), ...given });
  if ('settings' in result) return result.settings;
  const { field, message } = result.error;
  throw new InputError(`--${flagName(field)}: ${message}`);
}

/** Of the rounds that are there, as many rounds as those or as are usual. */
function settingsHeld(out: string): Partial<ImprovementSettings> {
  const origin = readOrigin(out);
  if (origin === null) return {};
  const place = { source: improvementFile(out), at: 'settings' };
  const settings = checkSettings(improvementSchema, origin.settings, place);
  return { ...settings, rounds: Math.max(settings.rounds, readLedger(out).length) };
}
