/** The model that is loaded, and what it answers. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Board } from '../../envs/environment.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { createVocabulary, type Vocabulary } from '../../traces/vocabulary.ts';
import { RUNS_PATH, weightsPath, type RunList, type RunSummary } from '../../src/pageApi.ts';
import { fetchJson } from '../fetchJson.ts';
import type { Drawing } from '../board/drawing.ts';
import type { Asked, EngineName, LoadedModel, PlanRequest } from './messages.ts';
import { startModel, type ModelClient } from './modelClient.ts';

/** The board that was asked about, which may be changed since. */
export interface Question {
  readonly drawing: Drawing;
  readonly task: Board;
  readonly vocabulary: Vocabulary;
}

/** What came of a request so far. */
export interface Answer {
  readonly ticket: number;
  readonly question: Question;
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
  /** To the latest that each has asked. */
  readonly answers: Answers;
  readonly choose: (id: string) => void;
  /** Loads the model anew, for another engine. */
  readonly computeBy: (engine: EngineName) => void;
  /** Gives one answer for each way that is asked for, one after the other; stops those before. */
  readonly ask: (
    asker: Asker,
    board: Pick<Question, 'drawing' | 'task'>,
    ways: readonly Asked[],
  ) => void;
  readonly stop: () => void;
}

/** The parts of the page that ask, each with answers of its own. */
export type Asker = 'model' | 'compare';

type Answers = Readonly<Partial<Record<Asker, readonly Answer[]>>>;

/** @param wanted whether a model is needed yet; its code and weights are fetched only then */
export function useModel(wanted: boolean): ModelState {
  const client = useRef<ModelClient | null>(null);
  const tickets = useRef(0);
  const [runs, setRuns] = useState<readonly RunSummary[] | null>(null);
  const [run, setRun] = useState<RunSummary | null>(null);
  const [loaded, setLoaded] = useState<LoadedModel | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [answers, setAnswers] = useState<Answers>({});
  const inFrame = useFrames();

  const amend = (ticket: number, change: (answer: Answer) => Partial<Answer>): void =>
    setAnswers((held) =>
      mapped(held, (one) => (one.ticket === ticket ? { ...one, ...change(one) } : one)),
    );
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
  const load = (next: RunSummary, engine: EngineName | null): void => {
    client.current ??= start();
    setRun(next);
    setLoaded(null);
    setProblem(null);
    setAnswers({});
    const url = new URL(weightsPath(next.id), document.baseURI).href;
    client.current.send({ type: 'load', url, name: next.name, engine });
  };
  useEffect(() => {
    if (!wanted || runs !== null) return;
    fetchRuns().then(
      (list) => {
        setRuns(list);
        if (list[0] !== undefined) load(list[0], null);
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
    answers,
    choose(id) {
      const next = runs?.find((one) => one.id === id);
      if (next !== undefined) load(next, null);
    },
    computeBy(engine) {
      if (run !== null) load(run, engine);
    },
    ask(asker, board, ways) {
      if (model === null) return;
      const question = { ...board, vocabulary: model.words };
      const prompt = tokenizerOf(board.drawing.environment).prompt(board.task, model.words);
      const requests = ways.map((how) => ({ ...how, prompt, ticket: ++tickets.current }));
      const asked = requests.map((request) => begun(request, question));
      setAnswers((held) => ({ ...mapped(held, stopped), [asker]: asked }));
      client.current!.send({ type: 'plan', requests });
    },
    stop() {
      client.current?.send({ type: 'stop' });
      setAnswers((held) => mapped(held, stopped));
    },
  };
}

function begun({ ticket, samples }: PlanRequest, question: Question): Answer {
  const none = Array.from({ length: samples }, () => []);
  return { ticket, question, samples: none, milliseconds: null, ended: 'no', problem: null };
}

const stopped = (answer: Answer): Answer =>
  answer.ended === 'no' ? { ...answer, ended: 'stopped' } : answer;

function mapped(answers: Answers, change: (answer: Answer) => Answer): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([asker, list]) => [asker, list.map(change)]),
  );
}

async function fetchRuns(): Promise<readonly RunSummary[]> {
  const list = await fetchJson<RunList>(RUNS_PATH).catch(() => {
    throw new Error('the list of models could not be fetched');
  });
  return list.runs.filter(({ plans }) => plans);
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
