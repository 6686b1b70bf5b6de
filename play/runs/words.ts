/** Runs and their courses in words. */
import type { LossPoint, RunDetails, RunProgress, RunSummary } from '../../src/pageApi.ts';

export const stepText = (step: number): string => step.toLocaleString('en');

export const lossText = (loss: number): string => loss.toPrecision(3);

/** Of an axis, which has little room: 0.02, 5·10⁻⁴. */
export function lossTick(loss: number): string {
  if (loss >= 0.01) return String(loss);
  const [digit, power] = loss.toExponential(0).split('e-') as [string, string];
  const raised = Array.from(power, (one) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(one)]).join('');
  return `${digit === '1' ? '' : `${digit}·`}10⁻${raised}`;
}

/** As it is called among the others of its study. */
export const runName = ({ name, folder, study }: RunSummary): string =>
  study === null ? name : folder;

/** Of a description, which may end as it likes; none stays none. */
export const sentence = (text: string): string => text.replace(/[^.?!]$/, '$&.');

export function progressText({ step, steps, trains }: RunProgress): string {
  if (step >= steps) return `trained for ${stepText(step)} steps`;
  const percent = Math.floor((100 * step) / Math.max(1, steps));
  const far = `step ${stepText(step)} of ${stepText(steps)}, ${percent} %`;
  if (trains === true) return `training: ${far}`;
  if (trains === null) return `${far}; whether it trains, another machine knows`;
  return step === 0 ? 'not trained yet' : `stopped at ${far}`;
}

/** For a list. */
export function shortProgress({ step, steps, trains }: RunProgress): string {
  if (step >= steps) return '';
  const percent = Math.floor((100 * step) / Math.max(1, steps));
  return trains === true ? ` · training, ${percent} %` : ` · ${percent} % trained`;
}

/** For whoever can't see the curves. */
export function describeCourse({
  training,
  validation,
  chosen,
  progress,
}: Pick<RunDetails, 'training' | 'validation' | 'chosen' | 'progress'>): string {
  const lowest = validation.reduce<LossPoint | null>(
    (best, point) => (best === null || point.loss < best.loss ? point : best),
    null,
  );
  const parts = [
    `The run is ${progressText(progress)}.`,
    ...fromTo('Training loss', training),
    ...fromTo('Validation loss', validation),
    lowest === null
      ? ''
      : `Its lowest is ${lossText(lowest.loss)} at step ${stepText(lowest.step)}.`,
    chosen === null ? '' : `The weights of step ${stepText(chosen)} are in use.`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function fromTo(name: string, points: readonly LossPoint[]): string[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const from = `${lossText(first.loss)} at step ${stepText(first.step)}`;
  return [`${name} goes from ${from} to ${lossText(last.loss)} at step ${stepText(last.step)}.`];
}
