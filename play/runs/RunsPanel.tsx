import { EvaluationPanel } from './EvaluationPanel.tsx';
import { LossChart } from './LossChart.tsx';
import { LossTable } from './LossTable.tsx';
import { RunChooser } from './RunChooser.tsx';
import type { OpenedRollout } from './useOpenedRollout.ts';
import type { RolloutsState } from './useRollouts.ts';
import type { RunsState } from './useRuns.ts';
import { progressText, sentence } from './words.ts';

interface Props {
  readonly state: RunsState;
  readonly rollouts: RolloutsState;
  readonly opened: OpenedRollout;
}

/** How a run trains, and what it answered. */
export function RunsPanel({ state, rollouts, opened }: Props) {
  const { list, run, details, problem } = state;
  const alert = problem !== null && (
    <p class="problem" role="alert">
      {problem}
    </p>
  );
  if (list === null) return alert || <p class="hint">Looking for runs…</p>;
  if (run === null) {
    return (
      <p class="hint">
        There are no runs here. <code>npm run demo</code> makes one.
      </p>
    );
  }
  const progress = details?.progress ?? run.progress;
  return (
    <div class="runs">
      <RunChooser runs={list.runs} run={run} onRun={state.choose} />
      <p class="hint">
        {sentence(run.description)}{' '}
        <span class={progress.trains === true ? 'state trains' : 'state'}>
          {capital(progressText(progress))}.
        </span>
        {!list.live && ' This site holds runs as they were; kit play shows them as they train.'}
      </p>
      {alert}
      {details === null ? (
        problem === null && <p class="hint">Reading the run…</p>
      ) : (
        <>
          {details.training.length + details.validation.length > 0 ? (
            <>
              <LossChart {...details} />
              <LossTable {...details} />
            </>
          ) : (
            <p class="hint">No loss is logged yet.</p>
          )}
          {details.problems.map((line) => (
            <p key={line} class="problem">
              {line}
            </p>
          ))}
          <EvaluationPanel {...{ details, rollouts, opened }} />
        </>
      )}
    </div>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
