/** The model that is loaded, and what it answers. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { createVocabulary, type Vocabulary } from '../../traces/vocabulary.ts';
import { RUNS_PATH, weightsPath, type RunList, type RunSummary } from '../../src/pageApi.ts';
import type { LoadedModel, PlanRequest } from './messages.ts';
import { startModel, type ModelClient } from './modelClient.ts';

/** What came of a request so far. */
export interface Answer {
  readonly ticket: number;
  /** Of each sample, its tokens so far. */
  readonly samples: readonly (readonly number[])[];
  /** Null while it goes on. */
  readonly milliseconds: number | null;
  readonly ended: 'no' | 'done' | 'stopped' | 'failed';
  readonly problem: string | null;
}

export interface ModelState {
  /** Null until it is known which there are. */
  readonly runs: readonly RunSummary[] | null;
  readonly run: RunSummary | null;
  readonly model: (LoadedModel & { readonly words: Vocabulary }) | null;
  readonly problem: string | null;
  readonly answer: Answer | null;
  readonly choose: (id: string) => void;
  readonly plan: (request: Omit<PlanRequest, 'ticket'>) => number;
  readonly stop: () => void;
}

/** @param wanted whether a model is needed yet; its code and weights are fetched only then */
export function useModel(wanted: boolean): ModelState {
  const client = useRef<ModelClient | null>(null);
  const tickets = useRef(0);
  const [runs, setRuns] = useState<readonly RunSummary[] | null>(null);
  const [run, setRun] = useState<RunSummary | null>(null);
  const [loaded, setLoaded] = useState<LoadedModel | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const inFrame = useFrames();

  /** Changes the answer if it is still the one that is waited for. */
  const amend = (ticket: number, change: (answer: Answer) => Partial<Answer>): void =>
    setAnswer((held) => (held?.ticket === ticket ? { ...held, ...change(held) } : held));
  const start = (): ModelClient =>
    startModel((message) => {
      if (message.type === 'loaded') setLoaded(message);
      else if (message.type === 'failed') setProblem(message.message);
      else if (message.type === 'tokens') {
        const { ticket, sample, ids } = message;
        inFrame(() => amend(ticket, ({ samples }) => ({ samples: samples.with(sample, ids) })));
      } else if (message.type === 'done') {
        const { ticket, milliseconds } = message;
        inFrame(() => amend(ticket, () => ({ milliseconds, ended: 'done' })));
      } else {
        const { ticket, message: problem } = message;
        inFrame(() => amend(ticket, () => ({ ended: 'failed', problem })));
      }
    });
  const load = (next: RunSummary): void => {
    client.current ??= start();
    setRun(next);
    setLoaded(null);
    setProblem(null);
    setAnswer(null);
    const url = new URL(weightsPath(next.id), document.baseURI).href;
    client.current.send({ type: 'load', url, name: next.name });
  };
  useEffect(() => {
    if (!wanted || runs !== null) return;
    fetchRuns().then(
      (list) => {
        setRuns(list);
        if (list[0] !== undefined) load(list[0]);
      },
      (error: Error) => setProblem(error.message),
    );
  }, [wanted]);
  const model = useMemo(
    () => loaded && { ...loaded, words: createVocabulary(loaded.vocabulary) },
    [loaded],
  );
  return {
    runs,
    run,
    model,
    problem,
    answer,
    choose(id) {
      const next = runs?.find((one) => one.id === id);
      if (next !== undefined) load(next);
    },
    plan(request) {
      const ticket = ++tickets.current;
      const samples = Array.from({ length: request.samples }, () => []);
      setAnswer({ ticket, samples, milliseconds: null, ended: 'no', problem: null });
      client.current!.send({ type: 'plan', ticket, ...request });
      return ticket;
    },
    stop() {
      client.current?.send({ type: 'stop' });
      setAnswer((held) => (held?.ended === 'no' ? { ...held, ended: 'stopped' } : held));
    },
  };
}

async function fetchRuns(): Promise<readonly RunSummary[]> {
  const response = await fetch(new URL(RUNS_PATH, document.baseURI)).catch(() => null);
  if (response?.ok !== true) throw new Error('the list of models could not be fetched');
  return ((await response.json()) as RunList).runs;
}

/** Collects changes and makes them once a frame, since tokens of many samples come at once. */
function useFrames(): (change: () => void) => void {
  const waiting = useRef<(() => void)[]>([]);
  return (change) => {
    if (waiting.current.push(change) > 1) return;
    // A tab that sleeps has no frames, and then nothing to show either.
    requestAnimationFrame(() => {
      for (const one of waiting.current.splice(0)) one();
    });
  };
}
