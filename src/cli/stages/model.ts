/** A checkpoint as something that plans. */
import type { RolloutFn } from '../../evaluation/rollouts.ts';
import { createRollouts } from '../../model/rollout.ts';
import type { Backend } from '../../engine/backends.ts';
import type { Precision } from '../../engine/program.ts';
import type { Checkpoint } from '../../training/checkpoint.ts';

/** Runs on the backend that was started; `dispose` frees the weights. */
export function loadModel(
  checkpoint: Checkpoint,
  { threads }: Pick<Backend, 'threads'>,
  precision: Precision = 'fp32',
): {
  readonly rollout: RolloutFn;
  readonly dispose: () => void;
} {
  const { respond, dispose } = createRollouts({ ...checkpoint, parts: threads, precision });
  return {
    async rollout(requests, options) {
      const responses = await respond(requests, options);
      return responses.map((samples) => samples.map(({ ids }) => ids));
    },
    dispose,
  };
}

/** Rollouts of a checkpoint in each precision. */
export type Planner = (precision?: Precision) => RolloutFn;

/** Each precision is loaded when it is first asked for, once for all that `work` plans with it. */
export async function withPlanner<T>(
  checkpoint: Checkpoint,
  backend: Pick<Backend, 'threads'>,
  work: (planner: Planner) => Promise<T>,
): Promise<T> {
  const loaded = new Map<Precision, ReturnType<typeof loadModel>>();
  try {
    return await work((precision = 'fp32') => {
      const model = loaded.get(precision) ?? loadModel(checkpoint, backend, precision);
      loaded.set(precision, model);
      return model.rollout;
    });
  } finally {
    for (const { dispose } of loaded.values()) dispose();
  }
}
