import { useMemo, useState } from 'preact/hooks';
import type { EvaluationSummary, RunDetails } from '../../src/pageApi.ts';
import { Verdict } from '../model/Verdict.tsx';
import { Choose, RolloutFilter } from './RolloutFilter.tsx';
import { RolloutList } from './RolloutList.tsx';
import { chosenRows, EVERYTHING } from './rollouts.ts';
import type { OpenedRollout } from './useOpenedRollout.ts';
import type { RolloutsState } from './useRollouts.ts';

interface Props {
  readonly details: RunDetails;
  readonly rollouts: RolloutsState;
  readonly opened: OpenedRollout;
}

/** The responses of one evaluation of a run, to browse. */
export function EvaluationPanel({ details, rollouts, opened }: Props) {
  const { evaluations, leftOut } = details;
  const { evaluation, rows, table, problem } = rollouts;
  const [choice, setChoice] = useState(EVERYTHING);
  const listed = useMemo(() => chosenRows(rows, choice), [rows, choice]);
  const others = leftOut > 0 && (
    <p class="hint">
      {leftOut} of its evaluations {leftOut === 1 ? 'is' : 'are'} not in this site; kit play shows
      all.
    </p>
  );
  if (evaluation === null) return others || <p class="hint">It was not evaluated yet.</p>;
  return (
    <>
      <h2>Responses</h2>
      <EvaluationChooser {...{ evaluations, evaluation }} onEvaluation={rollouts.choose} />
      {others}
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {table === null ? (
        problem === null && <p class="hint">Reading the responses…</p>
      ) : (
        <>
          <div class="buttons">
            <p class="hint" role="status">
              {summary(evaluation, listed.length, rows.length)}
              {table.ids.length < table.tasks &&
                ` This site holds the first ${table.ids.length} tasks; kit play shows all.`}
            </p>
            {choice !== EVERYTHING && (
              <button type="button" class="small" onClick={() => setChoice(EVERYTHING)}>
                List all
              </button>
            )}
          </div>
          <RolloutFilter {...{ rows, choice }} onChoice={setChoice} />
          <RolloutList
            rows={listed}
            samples={table.samples}
            opened={opened.row?.key ?? null}
            onOpen={opened.open}
          />
        </>
      )}
      <OpenedVerdict {...opened} />
    </>
  );
}

/** How it was decoded, and in which mode, as far as there are records of both. */
function EvaluationChooser({
  evaluations,
  evaluation,
  onEvaluation,
}: {
  readonly evaluations: readonly EvaluationSummary[];
  readonly evaluation: EvaluationSummary;
  readonly onEvaluation: (id: string) => void;
}) {
  const labels = [...new Set(evaluations.map(({ label }) => label))];
  const alike = evaluations.filter(({ label }) => label === evaluation.label);
  const ofLabel = (label: string): void => {
    const own = evaluations.filter((one) => one.label === label);
    onEvaluation((own.find(({ mode }) => mode === evaluation.mode) ?? own[0])!.id);
  };
  return (
    <div class="fields">
      <Choose
        label="Evaluation"
        value={evaluation.label}
        options={labels.map((label) => [label, label])}
        onValue={ofLabel}
      />
      <fieldset class="choice">
        <legend>Mode</legend>
        {alike.map(({ id, mode }) => (
          <label key={id}>
            <input
              type="radio"
              name="evaluated"
              checked={id === evaluation.id}
              onChange={() => onEvaluation(id)}
            />
            <span>{mode}</span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}

function summary({ tasks, samples }: EvaluationSummary, listed: number, all: number): string {
  const number = (count: number): string => count.toLocaleString('en');
  const of = `${number(tasks)} tasks${samples > 1 ? `, ${samples} responses to each` : ''}`;
  if (listed === all) return `${of}. Choose one to open it on the board.`;
  const share = all === 0 ? 0 : (100 * listed) / all;
  return `${of}. ${number(listed)} of ${number(all)} are listed, ${share.toFixed(1)} %.`;
}

function OpenedVerdict({ row, judgement, forced, problem }: OpenedRollout) {
  if (problem !== null) {
    return (
      <p class="problem" role="alert">
        {problem}
      </p>
    );
  }
  if (row === null || judgement === null) return null;
  const { planLength } = judgement.record;
  const optimal = planLength === null ? null : planLength - (row.excess ?? 0);
  return (
    <div class="opened">
      <Verdict {...{ judgement, optimal }} />
      {forced !== null && (
        <p class="hint">Its first {forced} tokens were given; only the plan is the model's.</p>
      )}
    </div>
  );
}
