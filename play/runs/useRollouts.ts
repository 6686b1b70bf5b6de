/** The responses of the evaluation that is chosen. */
import { useMemo, useState } from 'preact/hooks';
import { tablePath } from '../../src/pageApi.ts';
import type { EvaluationSummary, RolloutTable } from '../../src/pageApi.ts';
import { fetchJson } from '../fetchJson.ts';
import { rowsOf, type RolloutRow } from './rollouts.ts';
import { usePolling } from './usePolling.ts';
import type { RunsState } from './useRuns.ts';

export interface RolloutsState {
  readonly evaluation: EvaluationSummary | null;
  readonly choose: (id: string) => void;
  /** Null until it is there. */
  readonly table: RolloutTable | null;
  readonly rows: readonly RolloutRow[];
  readonly problem: string | null;
}

export function useRollouts({ run, details }: RunsState, open: boolean): RolloutsState {
  const [chosen, setChosen] = useState<EvaluationSummary | null>(null);
  const [held, setHeld] = useState<{ key: string; table?: RolloutTable; problem?: string }>();
  const evaluation = likeliest(details?.evaluations ?? [], chosen);
  const key = run === null || evaluation === null ? null : tablePath(run.id, evaluation.id);
  usePolling({
    key: open ? key : null,
    seconds: null,
    async work() {
      if (held?.key === key && held?.table !== undefined) return;
      const path = key!;
      await fetchJson<RolloutTable>(path).then(
        (table) => setHeld({ key: path, table }),
        (error: Error) => setHeld({ key: path, problem: error.message }),
      );
    },
  });
  const own = held !== undefined && held.key === key ? held : null;
  const table = own?.table ?? null;
  const rows = useMemo(() => (table === null ? [] : rowsOf(table)), [table]);
  return {
    evaluation,
    choose: (id) => setChosen(details?.evaluations.find((one) => one.id === id) ?? null),
    table,
    rows,
    problem: own?.problem ?? null,
  };
}

/** The one that was chosen, of another run the one most like it. */
function likeliest(
  evaluations: readonly EvaluationSummary[],
  wanted: EvaluationSummary | null,
): EvaluationSummary | null {
  const likeness = (one: EvaluationSummary): number =>
    Number(one.label === wanted?.label) * 2 + Number(one.mode === wanted?.mode);
  return evaluations.reduce<EvaluationSummary | null>(
    (best, one) => (best === null || likeness(one) > likeness(best) ? one : best),
    null,
  );
}
