import type { Fit } from './fit.ts';
import type { Answer, ModelState } from './useModel.ts';

interface Props {
  readonly state: ModelState;
  /** Null while no model is loaded or the board is none. */
  readonly fit: Fit | null;
  readonly answers: readonly Answer[];
}

/** What stands in the way, or how far it has come. */
export function ModelStatus({ state: { model, problem }, fit, answers }: Props) {
  const failed = answers.find((answer) => answer.problem !== null)?.problem ?? null;
  const refusal = problem ?? failed ?? (fit?.fits === false ? fit.reason : null);
  if (refusal !== null) {
    return (
      <p class="problem" role="alert">
        {refusal}
      </p>
    );
  }
  const remark = fit?.fits === true ? fit.remark : null;
  return (
    <p class="hint" role="status">
      {model === null
        ? 'Fetching the model…'
        : `${model.parameters.toLocaleString('en')} parameters, step ${model.step.toLocaleString('en')}, on ${model.engineWords}.`}{' '}
      {remark} {answers.length === 0 ? '' : progress(answers)}
    </p>
  );
}

function progress(answers: readonly Answer[]): string {
  const tokens = answers
    .flatMap(({ samples }) => samples)
    .reduce((sum, ids) => sum + ids.length, 0);
  if (answers.some(({ ended }) => ended === 'stopped')) return `Stopped after ${tokens} tokens.`;
  if (answers.some(({ ended }) => ended === 'no')) return `${tokens} tokens…`;
  const seconds = answers.reduce((sum, { milliseconds }) => sum + (milliseconds ?? 0), 0) / 1000;
  return `${tokens} tokens in ${seconds.toFixed(2)} s.`;
}
