import type { Judgement } from '../thought/judgement.ts';
import { badgeOf } from './badge.ts';

/** What the plan and the trace of a whole response are worth. */
export function Verdict({ judgement, optimal }: { judgement: Judgement; optimal: number | null }) {
  const { record, faults } = judgement;
  const { tone, text, detail } = badgeOf(record, optimal);
  const [fault] = faults;
  return (
    <p class="verdict" role="status">
      <strong class={`badge ${tone}`}>{text}</strong> {detail}; {TRACE_TEXT[record.trace]}
      {record.trace === 'illegal' &&
        fault !== undefined &&
        `: line ${fault.line + 1} ${fault.reason}`}
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
