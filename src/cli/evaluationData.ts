/** The data of a study's evaluation, where they are other than a cell's own. */
import { dataSchema, type DataSettings, type Experiment } from '../experiment.ts';
import { merged, type StudyEvaluation } from '../study.ts';
import { checkSettings, type SettingsPlace } from './settingErrors.ts';

/**
 * Null if they are the cell's. @param experiment of the cell
 * @throws InputError naming the place and the field
 */
export function evaluationData(
  { label, data, split, tasks }: StudyEvaluation,
  experiment: Experiment,
  place: SettingsPlace,
): DataSettings | null {
  if (data === undefined) return null;
  // A seed of its own: the same one would propose the boards that the cell is trained on.
  const seed = `${experiment.data.seed}-${label}`;
  const counts = { trainCount: 1, validationCount: 0, testCount: 0, [`${split}Count`]: tasks };
  const settings = merged({ ...experiment.data, seed, ...counts }, data, 'data');
  return checkSettings(dataSchema, settings, place);
}
