import { useState } from 'preact/hooks';
import type { Mode } from '../../src/evaluation/rollouts.ts';
import { NumberField } from '../board/NewBoard.tsx';
import type { Judgement } from '../thought/judgement.ts';
import type { Fit } from './fit.ts';
import type { PlanRequest } from './messages.ts';
import type { ModelState } from './useModel.ts';
import { Verdict } from './Verdict.tsx';

export type Asked = Omit<PlanRequest, 'ticket' | 'prompt'>;

interface Props {
  readonly state: ModelState;
  /** Null while no model is loaded or the board is none. */
  readonly fit: Fit | null;
  readonly optimal: number | null;
  /** Of whole responses, by sample. */
  readonly judgements: readonly Judgement[];
  readonly sample: number;
  readonly onSample: (sample: number) => void;
  readonly onPlan: (asked: Asked) => void;
  /** Asks for a board of the kind and size that the model was trained on. */
  readonly onFittingBoard: (() => void) | null;
}

const MODES: readonly (readonly [mode: Mode, title: string])[] = [
  ['slow', 'searches first'],
  ['fast', 'answers at once'],
  ['auto', 'chooses'],
];

/** Which model is to think, how, and what came of it. */
export function ModelPanel(props: Props) {
  const { state, fit, optimal, judgements, sample, onSample, onPlan, onFittingBoard } = props;
  const { runs, run, model, answer } = state;
  const [mode, setMode] = useState<Mode>('slow');
  const [temperature, setTemperature] = useState(0);
  const [samples, setSamples] = useState(1);
  const [seed, setSeed] = useState(1);
  const [budget, setBudget] = useState<number | null>(null);
  const maxTokens = budget ?? run?.maxTokens ?? 1;
  const busy = answer?.ended === 'no';
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
        // Greedy responses would all be the same.
        const drawn = temperature === 0 ? 1 : samples;
        onPlan({ mode, temperature, samples: drawn, seed, maxTokens });
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
      <fieldset class="choice">
        <legend>Thinking</legend>
        {MODES.map(([value, title]) => (
          <label key={value}>
            <input
              type="radio"
              name="mode"
              checked={mode === value}
              onChange={() => setMode(value)}
            />
            <span>
              <b>{value}</b> <small>{title}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <details class="wide">
        <summary>Sampling</summary>
        <div class="fields">
          <NumberField
            label="Temperature (0: greedy)"
            value={temperature}
            min={0}
            max={10}
            step="any"
            onValue={setTemperature}
          />
          <NumberField label="Samples" value={samples} min={1} max={64} onValue={setSamples} />
          <NumberField label="Seed" value={seed} min={0} max={1e9} onValue={setSeed} />
          <NumberField
            label="Most tokens"
            value={maxTokens}
            min={1}
            max={20_000}
            onValue={setBudget}
          />
          {samples > 1 && temperature === 0 && (
            <p class="hint">Several samples need a temperature above 0.</p>
          )}
        </div>
      </details>
      <span class="buttons">
        <button type="submit" class="main" disabled={!ready || busy}>
          Plan
        </button>
        <button type="button" disabled={!busy} onClick={state.stop}>
          Stop
        </button>
        {onFittingBoard !== null && (
          <button type="button" onClick={onFittingBoard}>
            A board that it knows
          </button>
        )}
      </span>
      {judgements.length > 1 && (
        <label>
          Sample
          <select
            value={sample}
            onChange={({ currentTarget }) => onSample(Number(currentTarget.value))}
          >
            {judgements.map(({ record }, i) => (
              <option key={i} value={i}>
                {i + 1}: {record.outcome}
              </option>
            ))}
          </select>
        </label>
      )}
      <Status {...{ state, fit }} />
      {judgements[sample] !== undefined && (
        <Verdict judgement={judgements[sample]} optimal={optimal} />
      )}
    </form>
  );
}

/** What stands in the way, or how far it has come. */
function Status({ state, fit }: Pick<Props, 'state' | 'fit'>) {
  const { model, problem, answer } = state;
  const refusal = problem ?? answer?.problem ?? (fit?.fits === false ? fit.reason : null);
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
        : `${model.parameters.toLocaleString('en')} parameters, step ${model.step.toLocaleString('en')}, on ${model.engine}.`}{' '}
      {remark} {answer === null ? '' : progress(answer)}
    </p>
  );
}

function progress({ samples, milliseconds, ended }: NonNullable<ModelState['answer']>): string {
  const tokens = samples.reduce((sum, ids) => sum + ids.length, 0);
  if (ended === 'stopped') return `Stopped after ${tokens} tokens.`;
  if (milliseconds === null) return `${tokens} tokens…`;
  const seconds = milliseconds / 1000;
  return `${tokens} tokens in ${seconds.toFixed(2)} s.`;
}
