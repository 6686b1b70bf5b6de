import { useMemo } from 'preact/hooks';
import type { Desk, View } from '../tab.ts';
import { RunsPanel } from './RunsPanel.tsx';
import { useOpenedRollout } from './useOpenedRollout.ts';
import { useRollouts } from './useRollouts.ts';
import { useRuns } from './useRuns.ts';

/** Runs as they train, and their responses on the board. */
export function useRunsView(desk: Desk, open: boolean): View {
  const state = useRuns(open);
  const rollouts = useRollouts(state, open);
  const { run } = state;
  const { evaluation } = rollouts;
  const { table } = rollouts;
  const place = run && evaluation && { run: run.id, evaluation: evaluation.id, table };
  const opened = useOpenedRollout(desk, place);
  // The same element is not rendered again: a thought that plays renders the page every frame.
  const panel = useMemo(
    () => <RunsPanel {...{ state, rollouts, opened }} />,
    [
      state.list,
      run,
      state.details,
      state.problem,
      evaluation,
      table,
      rollouts.problem,
      opened.row,
      opened.judgement,
      opened.problem,
    ],
  );
  return { thought: opened.thought, moves: true, panel };
}
