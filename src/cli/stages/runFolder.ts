/** What a run's folder says of its experiment, before training and after it. */
import { existsSync } from 'node:fs';
import { InputError } from '../../../envs/inputError.ts';
import { experimentSchema, type Experiment } from '../../experiment.ts';
import { readJson } from '../../files.ts';
import { experimentDifference, foreignEntry, runPaths } from '../../training/runFolder.ts';
import { explainIssue } from '../settingErrors.ts';

/** @throws InputError if the folder holds no run, or settings of another version */
export function readRunExperiment(run: string): Experiment {
  if (!existsSync(run)) throw new InputError(`${run}: no such folder`);
  const file = runPaths(run).experiment;
  if (!existsSync(file)) throw new InputError(`${run}: holds no run (no experiment.json)`);
  const held = readJson(file);
  const result = experimentSchema.safeParse(held);
  if (result.success) return result.data;
  const { field, message } = explainIssue(result.error.issues[0]!, held, []);
  throw new InputError(`${file}: ${field}: ${message}`);
}

/**
 * Looks, before any work is done, whether a run of `experiment` may go into `run`.
 * @throws InputError naming the first setting that differs
 */
export function checkRunFolder(
  run: string,
  experiment: Experiment,
  { resume, ownData }: { readonly resume: boolean; readonly ownData: boolean },
): void {
  const file = runPaths(run).experiment;
  if (existsSync(file)) {
    const held = readJson(file) as Partial<Experiment>;
    // Data settings of a data set that the user names are known only once it has been read.
    const asked = ownData ? experiment : { ...experiment, data: held.data };
    const difference = experimentDifference(held, asked);
    if (difference !== null) {
      throw new InputError(`${run} holds another run: its ${difference}; choose another --out`);
    }
    if (!resume)
      throw new InputError(`${run} holds this run already: add --resume to go on with it`);
    return;
  }
  const foreign = foreignEntry(run);
  if (foreign !== undefined) {
    throw new InputError(`${run}: is not empty and holds no run: there is ${foreign}`);
  }
}
