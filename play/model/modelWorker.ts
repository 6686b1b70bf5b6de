/** The worker that holds the model: weights come in once, prompts many times, tokens go out as they come. */
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { startWasm } from '../../src/engine/browser.ts';
import { MODE_PREFIX } from '../../src/evaluation/rollouts.ts';
import { createRollouts, type Rollouts } from '../../src/model/rollout.ts';
import { fetchCheckpoint } from './fetchCheckpoint.ts';
import type { FromModel, LoadedModel, PlanRequest, ToModel } from './messages.ts';

/** Tokens that come at once: about a clause. */
const STREAMED = 6;

const say = (message: FromModel): void => postMessage(message);

let loaded: Promise<Rollouts> | undefined;
let controller = new AbortController();
let engine: ReturnType<typeof startWasm> | undefined;

self.addEventListener('message', ({ data }: MessageEvent<ToModel>) => {
  controller.abort();
  if (data.type === 'load') void load(data.url, data.name);
  else if (data.type === 'plan') {
    controller = new AbortController();
    void planAll(data.requests, controller.signal);
  }
});

async function load(url: string, name: string): Promise<void> {
  const previous = loaded;
  loaded = (async () => {
    (await previous?.catch(() => undefined))?.dispose();
    const [checkpoint, { simd: hasSimd }] = await Promise.all([
      fetchCheckpoint(url, name),
      (engine ??= startWasm({ plain, simd })),
    ]);
    const { vocabulary, step, params } = checkpoint;
    const rollouts = createRollouts(checkpoint);
    const words = `WebAssembly${hasSimd ? '' : ' without SIMD, which is slow'}`;
    const model: LoadedModel = { vocabulary, step, parameters: params.length, engine: words };
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
