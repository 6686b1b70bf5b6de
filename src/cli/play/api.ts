/** What is fetched below `api/`: the list of runs, and of each its weights, its course and its responses. */
import { detailsPath, RUNS_PATH, weightsPath } from '../../pageApi.ts';
import { InputError } from '../../../envs/inputError.ts';
import { withoutPlace } from './bounds.ts';
import { detailsOf, evaluationOf } from './details.ts';
import { evaluationReader, tableOf, taskOf } from './rollouts.ts';
import { runLister } from './runList.ts';
import { findRun, listOf, weightsOf, type FoundRun, type RunPlaces } from './runs.ts';

/** A record that is sent as JSON, or bytes as they are. @throws InputError if it is damaged */
export type Api = (name: string) => object | null;

/** A run, perhaps one of its evaluations, perhaps a task of that. */
const ADDRESS =
  /^api\/runs\/([0-9a-f]{16})(?:\/([0-9a-f]{16})(?:\/(\d{1,12}))?)?\.(?:json|safetensors)$/;

/** The function returned gives null where there is nothing of a name. */
export function playApi(places: RunPlaces): Api {
  const read = evaluationReader();
  const list = runLister(places);
  const rollouts = (run: FoundRun, evaluation: string, task: string | undefined): object | null => {
    const name = evaluationOf(run.folder, evaluation);
    if (name === null) return null;
    const whole = read(run.folder, name);
    if (task === undefined) return tableOf(whole);
    const record = whole.records.find(({ id }) => id === Number(task));
    return record === undefined ? null : taskOf(whole, record);
  };
  return (name) => {
    if (name === RUNS_PATH) return listOf(list(), { live: true });
    const [, id, evaluation, task] = ADDRESS.exec(name) ?? [];
    const run = id === undefined ? null : findRun(places, id);
    if (run === null) return null;
    try {
      if (evaluation !== undefined && name.endsWith('.json'))
        return rollouts(run, evaluation, task);
      if (name === detailsPath(id!)) return detailsOf(run);
      return name === weightsPath(id!) && run.summary.plans ? weightsOf(run) : null;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(withoutPlace(run.folder, error));
    }
  };
}
