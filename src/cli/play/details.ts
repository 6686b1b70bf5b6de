/** What the page is told of one run: its course, and which evaluations it has. */
import path from 'node:path';
import type { EvaluationSummary, LossPoint, RunDetails } from '../../pageApi.ts';
import { evaluationFolder, listEvaluations } from '../../evaluation/evaluation.ts';
import { readEvaluationSettings } from '../../evaluation/evaluation.ts';
import type { EvaluationSettings } from '../../evaluation/evaluation.ts';
import { sha256 } from '../../files.ts';
import { readCourse } from '../../report/run.ts';
import { listCheckpoints } from '../../training/checkpoint.ts';
import { runPaths } from '../../training/runFolder.ts';
import { refuseLinks, unlessDamaged, withoutPlace } from './bounds.ts';
import type { FoundRun } from './runs.ts';
import { meansByPart, minimaByPart } from './thinning.ts';

export function detailsOf({ folder, summary }: FoundRun): RunDetails {
  const problems: string[] = [];
  const tell = (problem: Error): void => void problems.push(withoutPlace(folder, problem));
  const { metrics } = runPaths(folder);
  const { steps } = summary.progress;
  const nothing = { training: [], validation: [] };
  const { training, validation } = unlessDamaged<Curves>(() => readCourse(metrics), nothing, tell);
  const settings = listEvaluations(folder).flatMap((name) =>
    unlessDamaged(() => [{ name, ...readSettings(folder, name)! }], [], tell),
  );
  return {
    progress: summary.progress,
    training: meansByPart(training, steps),
    validation: minimaByPart(validation, steps),
    chosen: chosenStep(folder, validation, settings),
    evaluations: settings.map(({ name, mode, tasks, samples }) => ({
      id: evaluationId(name),
      mode,
      label: name.startsWith(`${mode}-`) ? name.slice(mode.length + 1) : name,
      tasks,
      samples,
    })),
    leftOut: 0,
    problems,
  };
}

/** The name of the finished evaluation that this is the id of, or null. */
export function evaluationOf(folder: string, id: EvaluationSummary['id']): string | null {
  return listEvaluations(folder).find((name) => evaluationId(name) === id) ?? null;
}

/** For addresses: a name may hold what these can't. */
export function evaluationId(name: string): string {
  return sha256(name).slice(0, 16);
}

/** @throws InputError if it leads out of the run */
export function refuseForeign(folder: string, evaluation: string): void {
  const own = evaluationFolder(folder, evaluation);
  const files = ['settings.json', 'records.jsonl.gz'].map((name) => path.join(own, name));
  refuseLinks(folder, files);
}

interface Curves {
  readonly training: readonly LossPoint[];
  readonly validation: readonly LossPoint[];
}

function readSettings(folder: string, name: string): EvaluationSettings | null {
  refuseForeign(folder, name);
  return readEvaluationSettings(folder, name);
}

/**
 * Of the weights that `kit eval` takes: of the checkpoints that are kept the best on validation, else the
 * newest; where there are none any more, of those that were evaluated.
 */
function chosenStep(
  folder: string,
  validation: readonly LossPoint[],
  evaluated: readonly EvaluationSettings[],
): number | null {
  const kept = listCheckpoints(runPaths(folder).checkpoints).map(({ step }) => step);
  const best = validation
    .filter(({ step }) => kept.includes(step))
    .reduce<LossPoint | null>((a, b) => (a !== null && a.loss <= b.loss ? a : b), null);
  const own = evaluated.find(({ checkpoint }) => checkpoint.source === undefined);
  return best?.step ?? kept.at(-1) ?? own?.checkpoint.step ?? null;
}
