/** `kit train` */
import { firstExperiment } from '../../improvementSettings.ts';
import { loadExperiment } from '../loadExperiment.ts';
import type { Session } from '../session.ts';
import { prepareData, readDataset } from '../stages/data.ts';
import type { EngineFlags } from '../stages/engine.ts';
import { checkFeasible } from '../stages/feasible.ts';
import { checkRunFolder } from '../stages/runFolder.ts';
import { settingsOf, type SettingsFlags } from './settings.ts';

export interface TrainFlags extends EngineFlags, SettingsFlags {
  readonly out: string;
  readonly resume: boolean;
  readonly data: string | undefined;
}

export async function trainExperiment(
  nameOrFile: string,
  flags: TrainFlags,
  session: Session,
): Promise<void> {
  const { out, resume } = flags;
  const loaded = await loadExperiment(nameOrFile, settingsOf(flags));
  // What follows training has commands of its own.
  const own = firstExperiment(loaded.experiment);
  checkRunFolder(out, own, { resume, ownData: flags.data === undefined });
  if (flags.data === undefined) checkFeasible(own);
  else readDataset(flags.data);

  const { startEngine } = await import('../stages/engine.ts');
  const backend = await startEngine(flags, own, session);
  const { dataset, experiment } = await prepareData(own, flags.data, session);
  const stage = { experiment, dataset, backend, out, resume, budget: null };
  const { trainModel } = await import('../stages/training.ts');
  const { step, stopped } = await trainModel(stage, session);
  const why = stopped === 'timeLimit' ? ', ended by training.maxMinutes' : '';
  await session.print(`${out}: trained ${step} steps${why}`);
}
