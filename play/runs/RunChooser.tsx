import { useState } from 'preact/hooks';
import type { RunSummary } from '../../src/pageApi.ts';
import { runName, shortProgress } from './words.ts';

interface Props {
  readonly runs: readonly RunSummary[];
  readonly run: RunSummary;
  readonly onRun: (id: string) => void;
}

/** Runs that one looks through without a filter. */
const FEW = 12;

/** A run of many, the cells of a study together. */
export function RunChooser({ runs, run, onRun }: Props) {
  const [text, setText] = useState('');
  const words = text.toLowerCase().split(/\s+/);
  const found = runs.filter((one) => {
    const said = `${one.study ?? ''} ${one.name} ${one.environment}`.toLowerCase();
    // The one that is shown stays in the list, so that the list says what is shown.
    return one === run || words.every((word) => said.includes(word));
  });
  const studies = [...new Set(found.map(({ study }) => study))];
  const option = (one: RunSummary) => (
    <option key={one.id} value={one.id}>
      {runName(one)} · {one.environment} {one.width}×{one.height}
      {shortProgress(one.progress)}
      {one.plans ? '' : ' · without weights'}
    </option>
  );
  return (
    <div class="fields chooser">
      <label class="grows">
        Run
        <select value={run.id} onChange={({ currentTarget }) => onRun(currentTarget.value)}>
          {studies.map((study) => {
            const own = found.filter((one) => one.study === study).map(option);
            return study === null ? (
              own
            ) : (
              <optgroup key={study} label={study}>
                {own}
              </optgroup>
            );
          })}
        </select>
      </label>
      {runs.length > FEW && (
        <label>
          {found.length < runs.length ? `${found.length} of ${runs.length}` : 'Find'}
          <input
            type="search"
            value={text}
            placeholder={`among ${runs.length}`}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
      )}
    </div>
  );
}
