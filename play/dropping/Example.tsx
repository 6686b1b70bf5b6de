import { PLAN } from '../../traces/vocabulary.ts';
import { traceTokens, type Thought } from '../thought/thought.ts';

/** What is left of a search as an example to train on. */
export function Example({ thought }: { thought: Thought }) {
  const { kept, ids } = thought;
  const all = traceTokens(thought);
  const left = kept?.reduce((sum, one) => sum + one, 0) ?? all;
  const solved = ids.includes(PLAN);
  const first = left > 0 ? 'create' : 'plan';
  const mode = left > 0 ? 'slow' : 'fast';
  return (
    <>
      <p class="verdict" role="status">
        <strong>
          Kept {left.toLocaleString('en')} of {all.toLocaleString('en')} tokens
        </strong>{' '}
        of the trace
        {solved ? `, and all ${ids.length - all} of the plan.` : '.'}
      </p>
      {solved ? (
        <p class="hint">
          No token names the level. The model learns to write <code>bos {first} … eos</code>, and{' '}
          {mode} mode is no more than <code>bos {first}</code> given as the beginning.
        </p>
      ) : (
        <p class="hint">There is no plan, so training has no such example.</p>
      )}
    </>
  );
}
