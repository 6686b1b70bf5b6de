/** Examples without a data set, and rollouts without a model: they replay A*. */
import type { Board } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import type { Rng } from '../../envs/rng.ts';
import { astar } from '../../solvers/astar.ts';
import type { EvaluationExample } from '../../src/evaluation/evaluate.ts';
import type { RolloutFn } from '../../src/evaluation/rollouts.ts';
import type { RolloutOptions } from '../../src/model/rollout.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { CREATE, EOS, PLAN, type Vocabulary } from '../../traces/vocabulary.ts';

/** The example of a task, or null if it has no plan. */
export function exampleOf(
  task: Board,
  {
    id,
    vocabulary,
    rng,
  }: { readonly id: number; readonly vocabulary: Vocabulary; readonly rng?: Rng },
): (EvaluationExample & { readonly plan: Uint16Array }) | null {
  const { environment } = vocabulary;
  const tokenizer = tokenizerOf(environment);
  const problem = environmentOf(environment).searchProblem(task);
  const { log, plan } = astar(problem, rng === undefined ? {} : { rng });
  if (plan === null) return null;
  const cells = Array.from(plan, (state) => problem.agent(state));
  return {
    id,
    width: task.width,
    height: task.height,
    prompt: tokenizer.prompt(task, vocabulary),
    reasoning: tokenizer.reasoning(task, vocabulary, { problem, log }),
    plan: tokenizer.plan(task, vocabulary, cells),
    optimalLength: plan.length,
  };
}

/** What a perfect model would answer: the trace unless fast is forced, the plan, eos. */
export function perfectResponse(
  example: { readonly reasoning: Uint16Array; readonly plan: Uint16Array },
  prefix: readonly number[],
): number[] {
  const trace = prefix[0] === PLAN ? [] : [...example.reasoning];
  return [...trace, ...example.plan, EOS];
}

/** Answers from the examples, each response passed through `alter`; keeps what it was asked. */
export function replay(
  examples: readonly (EvaluationExample & { readonly plan: Uint16Array })[],
  alter: (response: number[], sample: number) => readonly number[] = (response) => response,
) {
  const asked: { readonly ids: readonly string[]; readonly options: RolloutOptions }[] = [];
  const byId = new Map(examples.map((example) => [String(example.id), example]));
  const rollout: RolloutFn = async (requests, options) => {
    asked.push({ ids: requests.map(({ id }) => id), options });
    return requests.map(({ id }) =>
      Array.from({ length: options.samples }, (_, sample) => {
        const example = byId.get(id);
        if (example === undefined) throw new Error(`task ${id} was not asked for`);
        return Uint16Array.from(alter(perfectResponse(example, options.prefix), sample));
      }),
    );
  };
  return { rollout, asked };
}

/** The positions of the first `plan` and of the trace's end are the same. */
export const planStart = (response: readonly number[]) => response.indexOf(PLAN);

/** A response whose trace consists of its first clause only. */
export function firstClauseOnly(response: number[]): number[] {
  const start = planStart(response);
  const second = response.findIndex(
    (id, at) => at > 0 && at < start && (id === CREATE || id === CREATE + 1),
  );
  return second < 0 ? response : [...response.slice(0, second), ...response.slice(start)];
}
