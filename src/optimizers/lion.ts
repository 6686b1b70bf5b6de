/**
 * Lion (Chen et al. 2023, algorithm 2): every parameter moves by the learning rate, in the direction of the
 * sign of an average of gradients. The paper takes a learning rate 3 to 10 times smaller than AdamW's and
 * a weight decay as many times larger.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assign, type Optimizer } from './optimizer.ts';

export const lion: Optimizer = {
  /** Running mean of the gradient. */
  slots: ['momentum'],
  rates: (_, learningRate, { weightDecay }) => ({
    /** The share of a parameter that its decay leaves. */
    keep: 1 - learningRate * weightDecay,
    rate: learningRate,
  }),
  update({ params, slots }, gradient, { rates, settings }) {
    const [beta1, beta2] = settings.betas;
    const momentum = slots['momentum']!;
    assign(params, () => {
      const direction = tf.tidy(() =>
        tf.sign(tf.add(tf.mul(momentum, beta1), tf.mul(gradient, 1 - beta1))),
      );
      const change = tf.mul(direction, rates['rate']!);
      direction.dispose();
      return tf.sub(tf.mul(params, rates['keep']!), change);
    });
    assign(momentum, () => tf.add(tf.mul(momentum, beta2), tf.mul(gradient, 1 - beta2)));
  },
};
