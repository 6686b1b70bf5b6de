/** A checkpoint as something that plans. */
import * as tf from '@tensorflow/tfjs-core';
import type { RolloutFn } from '../../evaluation/rollouts.ts';
import { splitParams, type Params } from '../../model/params.ts';
import { rollout } from '../../model/rollout.ts';
import type { Checkpoint } from '../../training/checkpoint.ts';

/** Runs on the backend that was started; `dispose` frees the weights. */
export function loadModel({ config, params: flat }: Checkpoint): {
  readonly rollout: RolloutFn;
  readonly dispose: () => void;
} {
  const params = tf.tidy(() => splitParams(config, tf.tensor1d(flat)) as never) as Params;
  const model = { config, params };
  return {
    rollout: (requests, options) => rollout(model, requests, options),
    dispose: () => tf.dispose(Object.values(params)),
  };
}
