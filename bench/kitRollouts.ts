/**
 * The kit's side of rollouts, as a process that answers the requests of `rolloutPrograms.ts`.
 *
 *   node kitRollouts.js WORKLOAD THREADS
 */
import { createInterface } from 'node:readline';
import { bfloat16Problem, startBackend } from '../src/engine/backends.ts';
import { modelConfig } from '../src/model/config.ts';
import { createRollouts, type Response, type Rollouts } from '../src/model/rollout.ts';
import { startingParams } from './programs.ts';
import type { OpenedRollouts } from './rolloutPrograms.ts';
import { CHECKED_SAMPLES, checkedPrompts, promptsOf, ROLLOUTS, WAYS } from './rolloutWorkloads.ts';
import type { RolloutName, RolloutWorkload, WayName } from './rolloutWorkloads.ts';
import type { Lap } from './turns.ts';

type Request = { open: WayName; responses: readonly number[][] | null } | { run: WayName };

/** Of every response before the clock starts: kernels are compiled for shapes met for the first time. */
const WARM_UP_TOKENS = 20;

const [name, threads] = process.argv.slice(2) as [RolloutName, string];
const workload: RolloutWorkload = ROLLOUTS[name];
const { samples, generated, vocabSize } = workload;
const engine = await startBackend({ threads: Number(threads), parts: Number(threads) });
const requests = promptsOf(workload).map((prompt, i) => ({ id: String(i), prompt }));
const opened = new Map<WayName, Rollouts>();
let laps = 0;

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await reply(JSON.parse(line) as Request))}\n`);
}

async function reply(request: Request): Promise<OpenedRollouts | Lap | { error: string }> {
  try {
    return 'open' in request ? await open(request) : await run(request.run);
  } catch (error) {
    return { error: (error as Error).message.split('\n')[0]! };
  }
}

async function open({
  open: way,
  responses,
}: Extract<Request, { open: WayName }>): Promise<OpenedRollouts> {
  const { precision } = WAYS[way];
  const problem = precision === 'bf16' ? bfloat16Problem(engine) : null;
  if (problem !== null) throw new Error(problem);
  const config = modelConfig(workload.size, vocabSize);
  const rollouts = createRollouts({
    config,
    params: startingParams(config),
    parts: Number(threads),
    precision,
  });
  opened.set(way, rollouts);
  const checked = responses === null ? await sampled(rollouts) : await forced(rollouts, responses);
  await rollouts.respond(requests, { ...sampling(samples), maxTokens: WARM_UP_TOKENS });
  return {
    responses: checked.map(({ ids }) => [...ids]),
    logProbs: checked.map(({ logProbs }) => [...logProbs]),
    threads: Number(threads),
    rows: null,
    software: `${engine.name} ${engine.version}`,
  };
}

/** Draws that differ from lap to lap. */
function sampling(count: number) {
  const any = { prefix: [], temperature: 1, maxTokens: generated, end: null };
  return { ...any, samples: count, seed: laps++ };
}

/** Responses to the checked prompts. */
async function sampled({ respond }: Rollouts): Promise<Response[]> {
  const checked = checkedPrompts(workload).map((i) => requests[i]!);
  return (await respond(checked, sampling(CHECKED_SAMPLES))).flat();
}

/** The same responses again, whatever this way would have drawn. */
async function forced(
  { respond }: Rollouts,
  responses: readonly (readonly number[])[],
): Promise<Response[]> {
  const found: Response[] = [];
  for (const [i, prefix] of responses.entries()) {
    const request = requests[checkedPrompts(workload)[Math.floor(i / CHECKED_SAMPLES)]!]!;
    const [response] = await respond([request], { ...sampling(1), prefix });
    found.push(...response!);
  }
  return found;
}

async function run(way: WayName): Promise<Lap> {
  const options = sampling(samples);
  const started = performance.now();
  const responses = (await opened.get(way)!.respond(requests, options)).flat();
  const seconds = (performance.now() - started) / 1000;
  if (responses.some(({ ids }) => ids.length !== generated)) throw new Error('ended early');
  return { seconds, tokens: responses.length * generated, steps: responses.length };
}
