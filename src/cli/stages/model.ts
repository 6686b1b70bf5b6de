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
