import type { ComponentChildren } from 'preact';
import type { Desk } from '../tab.ts';
import { EngineChoice } from './EngineChoice.tsx';
import { fittingSettings, fitOn } from './fit.ts';
import { ModelStatus } from './ModelStatus.tsx';
import { SamplingFields } from './SamplingFields.tsx';
import type { Answer } from './useModel.ts';

interface Props {
  readonly desk: Desk;
  /** Of whoever asks here, to the board that is drawn. */
  readonly answers: readonly Answer[];
  /** What the button that asks says. */
  readonly verb: string;
  readonly onAsk: () => void;
  /** How the model is to think. */
  readonly choice?: ComponentChildren;
  /** What came of it. */
  readonly children?: ComponentChildren;
}

/** Which model is to be asked, and how tokens are drawn. */
export function ModelForm({ desk, answers, verb, onAsk, choice, children }: Props) {
  const { model: state, sampling, setSampling } = desk;
  const { runs, run, model } = state;
  const fit = fitOn(desk);
  const busy = Object.values(state.answers)
    .flat()
    .some(({ ended }) => ended === 'no');
  const ready = model !== null && fit?.fits === true;
  if (runs?.length === 0) {
    return (
      <p class="problem">
        There is no model here. <code>npm run demo</code> trains one, and <code>kit play RUN</code>{' '}
        shows it.
      </p>
    );
  }
  return (
    <form
      class="fields"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk();
      }}
    >
      <label class="wide">
        Model
        <select
          value={run?.id}
          disabled={runs === null}
          onChange={({ currentTarget }) => state.choose(currentTarget.value)}
        >
          {(runs ?? []).map(({ id, name, environment, width, height }) => (
            <option key={id} value={id}>
              {name} · {environment} {width}×{height}
            </option>
          ))}
        </select>
      </label>
      <EngineChoice state={state} />
      {choice}
      <SamplingFields
        sampling={sampling}
        onSampling={setSampling}
        usualTokens={run?.maxTokens ?? 1}
      />
      <span class="buttons">
        <button type="submit" class="main" disabled={!ready || busy}>
          {verb}
        </button>
        <button type="button" disabled={!busy} onClick={state.stop}>
          Stop
        </button>
        {run !== null && (fit?.fits === false || fit?.remark != null) && (
          <button type="button" onClick={() => void desk.generate(fittingSettings(run, desk))}>
            A board that it knows
          </button>
        )}
      </span>
      <ModelStatus {...{ state, fit, answers }} />
      {children}
    </form>
  );
}
