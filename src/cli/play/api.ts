/** What is fetched below `api/`: the list of runs, and of each its weights, its course and its responses. */
import { RUNS_PATH } from '../../pageApi.ts';
import { InputError } from '../../../envs/inputError.ts';
import { withoutPlace } from './bounds.ts';
import { detailsOf, evaluationOf } from './details.ts';
import { evaluationReader, tableOf, taskOf } from './rollouts.ts';
import { runLister } from './runList.ts';
import { findRun, listOf, type FoundRun, type RunPlaces } from './runs.ts';
import { weightsReader, type Weights } from './weights.ts';

export interface Api {
  /** What is sent as JSON; null where nothing has this name. @throws InputError if it is damaged */
  record(name: string): object | null;
  /** The same for weights, which whoever gets them closes. @param signal gives them up */
  weights(name: string, signal?: AbortSignal): Promise<Weights | null>;
}

/** A run, perhaps one of its evaluations, perhaps a task of that. */
const ADDRESS = /^api\/runs\/([0-9a-f]{16})(?:\/([0-9a-f]{16})(?:\/(\d{1,12}))?)?\.json$/;
const WEIGHTS_ADDRESS = /^api\/runs\/([0-9a-f]{16})\.safetensors$/;

export function playApi(places: RunPlaces): Api {
  const list = runLister(places);
  const read = evaluationReader();
  const open = weightsReader();
  const rollouts = (run: FoundRun, evaluation: string, task: string | undefined): object | null => {
    const name = evaluationOf(run.folder, evaluation);
    if (name === null) return null;
    const whole = read(run.folder, name);
    if (task === undefined) return tableOf(whole);
    const record = whole.records.find(({ id }) => id === Number(task));
    return record === undefined ? null : taskOf(whole, record);
  };
  return {
    record(name) {
      if (name === RUNS_PATH) return listOf(list(), { live: true });
      const [, id, evaluation, task] = ADDRESS.exec(name) ?? [];
      const run = id === undefined ? null : findRun(places, id);
      if (run === null) return null;
      try {
        return evaluation === undefined ? detailsOf(run) : rollouts(run, evaluation, task);
      } catch (error) {
        throw toldWithoutPlace(run, error);
      }
    },
    async weights(name, signal) {
      const id = WEIGHTS_ADDRESS.exec(name)?.[1];
      const run = id === undefined ? null : findRun(places, id);
      if (run === null || !run.summary.plans) return null;
      try {
        return await open(run, signal);
      } catch (error) {
        throw toldWithoutPlace(run, error);
      }
    },
  };
}

function toldWithoutPlace({ folder }: FoundRun, error: unknown): unknown {
  return error instanceof InputError ? new InputError(withoutPlace(folder, error)) : error;
}
