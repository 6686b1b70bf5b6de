/** The worker that holds the model: weights come in once, prompts many times, tokens go out as they come. */
import { MODE_PREFIX } from '../../traces/modes.ts';
import { createRollouts, type Rollouts } from '../../src/model/rollout.ts';
import { bestEngine, findEngines, startEngine, useEngine, type Engines } from './engine.ts';
import { fetchCheckpoint } from './fetchCheckpoint.ts';
import type { FromModel, PlanRequest, ToModel } from './messages.ts';

/** Tokens that come at once: about a clause. */
const STREAMED = 6;

type Load = Extract<ToModel, { readonly type: 'load' }>;

const say = (message: FromModel): void => postMessage(message);

let loaded: Promise<Rollouts> | undefined;
let controller = new AbortController();
let found: Promise<Engines> | undefined;

self.addEventListener('message', ({ data }: MessageEvent<ToModel>) => {
  controller.abort();
  if (data.type === 'load') void load(data);
  else if (data.type === 'plan') {
    controller = new AbortController();
    void planAll(data.requests, controller.signal);
  }
});

async function load({ url, name, engine: wanted }: Load): Promise<void> {
  const previous = loaded;
  loaded = (async () => {
    (await previous?.catch(() => undefined))?.dispose();
    // Whatever is chosen in the end, WebAssembly is the likeliest.
    const [checkpoint, engines] = await Promise.all([
      fetchCheckpoint(url, name),
      (found ??= findEngines()),
      startEngine('wasm'),
    ]);
    const { vocabulary, step, params } = checkpoint;
    const parameters = params.length;
    const { engine, words } = await useEngine(wanted ?? bestEngine(engines, parameters));
    const rollouts = createRollouts(checkpoint);
    const model = {
      vocabulary,
      step,
      parameters,
      engine,
      engineWords: words,
      engines: engines.all,
    };
    say({ type: 'loaded', ...model });
    return rollouts;
  })();
  loaded.catch((error: unknown) => say({ type: 'failed', message: messageOf(error) }));
}

async function planAll(requests: readonly PlanRequest[], signal: AbortSignal): Promise<void> {
  for (const request of requests) await plan(request, signal);
}

async function plan(request: PlanRequest, signal: AbortSignal): Promise<void> {
  const { ticket, prompt, mode, samples, temperature, maxTokens, seed } = request;
  try {
    const rollouts = await loaded;
    if (rollouts === undefined || signal.aborted) return;
    const began = performance.now();
    const prefix = MODE_PREFIX[mode];
    await rollouts.respond([{ id: 'play', prompt }], {
      prefix,
      samples,
      temperature,
      maxTokens,
      seed,
      signal,
      follower: {
        every: STREAMED,
        tell: ({ sample, ids }) => say({ type: 'tokens', ticket, sample, ids }),
      },
    });
    say({ type: 'done', ticket, milliseconds: performance.now() - began });
  } catch (error) {
    if (!signal.aborted) say({ type: 'planFailed', ticket, message: messageOf(error) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
