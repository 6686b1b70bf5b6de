/** The worker that searches, as functions that promise an answer. */
import type {
  FromSearch,
  GenerationSettings,
  SearchAnswer,
  SearchRequest,
  ToSearch,
} from './messages.ts';

export interface Searcher {
  /** The text of a board. Rejects with what is wrong with the settings. */
  generate(settings: GenerationSettings): Promise<string>;
  search(request: SearchRequest): Promise<SearchAnswer>;
}

export function startSearcher(): Searcher {
  const worker = new Worker(new URL('searchWorker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, (answer: FromSearch) => void>();
  worker.addEventListener('message', ({ data }: MessageEvent<FromSearch>) => {
    waiting.get(data.ticket)?.(data);
    waiting.delete(data.ticket);
  });
  worker.addEventListener('error', ({ message }) => {
    for (const [ticket, settle] of waiting) settle({ ticket, type: 'failed', message });
    waiting.clear();
  });
  let tickets = 0;
  const ask = (message: Untold<ToSearch>): Promise<FromSearch> =>
    new Promise((resolve) => {
      const ticket = ++tickets;
      waiting.set(ticket, resolve);
      worker.postMessage({ ticket, ...message });
    });
  return {
    async generate(settings) {
      const answer = await ask({ type: 'generate', settings });
      if (answer.type === 'generated') return answer.text;
      throw new Error(answer.type === 'failed' ? answer.message : 'no board came back');
    },
    async search(request) {
      const answer = await ask({ type: 'search', request });
      if (answer.type === 'searched') return answer.answer;
      throw new Error(answer.type === 'failed' ? answer.message : 'no search came back');
    },
  };
}

type Untold<M> = M extends unknown ? Omit<M, 'ticket'> : never;
