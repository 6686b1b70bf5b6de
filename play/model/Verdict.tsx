import type { Judgement } from '../thought/judgement.ts';

/** What the plan and the trace of a whole response are worth. */
export function Verdict({ judgement, optimal }: { judgement: Judgement; optimal: number | null }) {
  const { outcome, planLength, reason, trace } = judgement.record;
  const badge = {
    optimal: ['good', '✓ optimal', `plan of ${planLength} positions`],
    solved: [
      'fair',
      `✓ valid, +${(planLength ?? 0) - (optimal ?? 0)} steps`,
      `plan of ${planLength} positions`,
    ],
    wrong: ['bad', '✕ invalid', reason],
    malformed: ['bad', '✕ no plan', reason],
  }[outcome] as [string, string, string];
  const [fault] = judgement.faults;
  return (
    <p class="verdict" role="status">
      <strong class={`badge ${badge[0]}`}>{badge[1]}</strong> {badge[2]}; {TRACE_TEXT[trace]}
      {trace === 'illegal' && fault !== undefined && `: line ${fault.line + 1} ${fault.reason}`}
    </p>
  );
}

const TRACE_TEXT: Readonly<Record<Judgement['record']['trace'], string>> = {
  none: 'no trace',
  legal: 'the trace is a legal run of A*',
  consistent: 'parts of the trace are dropped, the rest is true',
  illegal: 'the trace is no run of A*',
  unknown: 'whether the trace is a run of A* is not decided',
};
