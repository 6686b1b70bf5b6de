/** The runs that there are, and the course of the one that is chosen, as it trains. */
import { useState } from 'preact/hooks';
import { detailsPath, RUNS_PATH } from '../../src/pageApi.ts';
import type { RunDetails, RunList, RunSummary } from '../../src/pageApi.ts';
import { fetchJson } from '../fetchJson.ts';
import { usePolling } from './usePolling.ts';

export interface RunsState {
  /** Null until it is known. */
  readonly list: RunList | null;
  readonly run: RunSummary | null;
  /** Null until it is known of this very run. */
  readonly details: RunDetails | null;
  readonly problem: string | null;
  readonly choose: (id: string) => void;
}

/** Of the list, and of a run that trains. */
const [LIST_SECONDS, RUN_SECONDS] = [10, 2];

/** @param open whether somebody looks */
export function useRuns(open: boolean): RunsState {
  const [list, setList] = useState<RunList | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [held, setHeld] = useState<{ id: string; details?: RunDetails; problem?: string }>();
  const [problem, setProblem] = useState<string | null>(null);
  const run = list?.runs.find(({ id }) => id === chosen) ?? list?.runs[0] ?? null;
  const own = run !== null && held?.id === run.id ? held : undefined;

  usePolling({
    key: open ? 'list' : null,
    seconds: list?.live === false ? null : LIST_SECONDS,
    async work() {
      try {
        const next = await fetchJson<RunList>(RUNS_PATH);
        setList(next);
        setProblem(null);
        const { runs } = next;
        const first = runs.find(({ progress }) => progress.trains === true) ?? runs[0];
        setChosen((before) => before ?? first?.id ?? null);
      } catch (error) {
        setProblem(`The list of runs can't be read: ${(error as Error).message}`);
      }
    },
  });
  const trains = [run?.progress, own?.details?.progress].some((one) => one?.trains === true);
  // Of a run that does not train, the list tells when there is something new.
  const state = trains ? 'trains' : `${run?.progress.step} ${run?.evaluations}`;
  usePolling({
    key: open && run !== null ? `${run.id} ${state}` : null,
    seconds: trains ? RUN_SECONDS : null,
    async work() {
      const { id } = run!;
      try {
        setHeld({ id, details: await fetchJson<RunDetails>(detailsPath(id)) });
      } catch (error) {
        // What was seen stays, for a server that is away for a moment.
        const problem = (error as Error).message;
        setHeld((before) => (before?.id === id ? { ...before, problem } : { id, problem }));
      }
    },
  });
  return {
    list,
    run,
    details: own?.details ?? null,
    problem: problem ?? own?.problem ?? null,
    choose: setChosen,
  };
}
