import type { Mode } from '../../traces/modes.ts';
import type { Desk } from '../tab.ts';
import type { Judgement } from '../thought/judgement.ts';
import { ModelForm } from './ModelForm.tsx';
import type { Answer } from './useModel.ts';
import { Verdict } from './Verdict.tsx';

interface Props {
  readonly desk: Desk;
  readonly answer: Answer | null;
  readonly mode: Mode;
  readonly onMode: (mode: Mode) => void;
  readonly onAsk: () => void;
  /** Of whole responses, by sample. */
  readonly judgements: readonly Judgement[];
  readonly sample: number;
  readonly onSample: (sample: number) => void;
}

const MODES: readonly (readonly [mode: Mode, title: string])[] = [
  ['slow', 'searches first'],
  ['fast', 'answers at once'],
  ['auto', 'chooses'],
];

/** Which model is to think, how, and what came of it. */
export function ModelPanel(props: Props) {
  const { desk, answer, mode, onMode, onAsk, judgements, sample, onSample } = props;
  const choice = (
    <fieldset class="choice">
      <legend>Thinking</legend>
      {MODES.map(([value, title]) => (
        <label key={value}>
          <input type="radio" name="mode" checked={mode === value} onChange={() => onMode(value)} />
          <span>
            <b>{value}</b> <small>{title}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
  const answers = answer === null ? [] : [answer];
  return (
    <ModelForm {...{ desk, answers, choice, onAsk }} verb="Plan">
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
      {judgements[sample] !== undefined && (
        <Verdict judgement={judgements[sample]} optimal={desk.optimal} />
      )}
    </ModelForm>
  );
}
