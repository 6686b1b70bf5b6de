/** The worker that holds the model. */
import type { FromModel, ToModel } from './messages.ts';

export interface ModelClient {
  send(message: ToModel): void;
  /** Ends the worker, whatever it is doing. */
  end(): void;
}

export function startModel(onMessage: (message: FromModel) => void): ModelClient {
  const worker = new Worker(new URL('modelWorker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<FromModel>) => onMessage(data));
  worker.addEventListener('error', ({ message }) =>
    onMessage({ type: 'failed', message: message || 'the worker of the model could not start' }),
  );
  return {
    send: (message) => worker.postMessage(message),
    end: () => worker.terminate(),
  };
}
