import { useMemo } from 'preact/hooks';
import type { Choice, RolloutRow } from './rollouts.ts';
import { chosenRows } from './rollouts.ts';

interface Props {
  readonly rows: readonly RolloutRow[];
  readonly choice: Choice;
  readonly onChoice: (choice: Choice) => void;
}

const PLANS: readonly (readonly [Choice['plan'], string])[] = [
  ['any', 'any'],
  ['optimal', 'optimal'],
  ['solved', 'solved'],
  ['longer', 'solved, but longer'],
  ['unsolved', 'not solved'],
];

const TRACES: readonly (readonly [Choice['trace'], string])[] = [
  ['any', 'any'],
  ['illegal', 'illegal'],
  ['legal', 'legal'],
  ['consistent', 'consistent'],
  ['none', 'none'],
];

const QUARTERS = ['easiest', 'second', 'third', 'hardest'];

const ORDERS: readonly (readonly [Choice['order'], string])[] = [
  ['task', 'by task'],
  ['hardest', 'hardest first'],
  ['easiest', 'easiest first'],
  ['longest', 'longest trace first'],
  ['shortest', 'shortest trace first'],
  ['excess', 'longest detour first'],
];

/** Which responses are listed, and in what order; each choice says how many it leaves of the others'. */
export function RolloutFilter({ rows, choice, onChoice }: Props) {
  // Of many rows this is no work for every frame.
  const { plans, traces, quarters } = useMemo(() => {
    const count = (changes: Partial<Choice>): string =>
      chosenRows(rows, { ...choice, ...changes, order: 'task' }).length.toLocaleString('en');
    return {
      plans: PLANS.map(([plan, title]) => [plan, `${title} (${count({ plan })})`] as const),
      traces: TRACES.map(([trace, title]) => [trace, `${title} (${count({ trace })})`] as const),
      quarters: QUARTERS.map(
        (title, quarter) => [String(quarter), `${title} quarter${lengths(rows, quarter)}`] as const,
      ),
    };
  }, [rows, choice]);
  return (
    <div class="fields filter">
      <Choose
        label="Plan"
        value={choice.plan}
        options={plans}
        onValue={(plan) => onChoice({ ...choice, plan })}
      />
      <Choose
        label="Trace"
        value={choice.trace}
        options={traces}
        onValue={(trace) => onChoice({ ...choice, trace })}
      />
      <Choose
        label="A*'s search"
        value={String(choice.quarter)}
        options={[['null', 'any'], ...quarters]}
        onValue={(text) => onChoice({ ...choice, quarter: text === 'null' ? null : Number(text) })}
      />
      <Choose
        label="Order"
        value={choice.order}
        options={ORDERS}
        onValue={(order) => onChoice({ ...choice, order })}
      />
    </div>
  );
}

/** Of A*'s traces in a quarter. */
function lengths(rows: readonly RolloutRow[], quarter: number): string {
  const own = rows.filter((row) => row.quarter === quarter).map((row) => row.searchLength);
  if (own.length === 0) return ' (none)';
  const low = own.reduce((a, b) => Math.min(a, b));
  const high = own.reduce((a, b) => Math.max(a, b));
  return ` (${low}–${high} tokens)`;
}

interface ChooseProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly onValue: (value: Value) => void;
}

export function Choose<Value extends string>(props: ChooseProps<Value>) {
  const { label, value, options, onValue } = props;
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onValue(currentTarget.value as Value)}>
        {options.map(([one, title]) => (
          <option key={one} value={one}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
