/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2), as PyTorch has it: decay, scaled by the learning rate,
 * on every parameter; epsilon outside the root.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assign, type Optimizer } from './optimizer.ts';

const EPSILON = 1e-8;

export const adamw: Optimizer = {
  /** Running means of the gradient and of the squared gradient. */
  slots: ['mean', 'square'],
  rates: (step, learningRate, { betas: [beta1, beta2], weightDecay }) => ({
    /** The share of a parameter that its decay leaves. */
    keep: 1 - learningRate * weightDecay,
    /** Learning rate over the bias of the mean. */
    rate: learningRate / (1 - beta1 ** step),
    /** One over the bias of the squares. */
    unbias: 1 / (1 - beta2 ** step),
  }),
  update({ params, slots }, gradient, { rates, settings }) {
    const [beta1, beta2] = settings.betas;
    const mean = slots['mean']!;
    const square = slots['square']!;
    assign(mean, () => tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1)));
    assign(square, () => {
      const added = tf.tidy(() => tf.mul(tf.square(gradient), 1 - beta2));
      return tf.add(tf.mul(square, beta2), added);
    });
    assign(params, () => {
      const root = tf.tidy(() => tf.sqrt(tf.mul(square, rates['unbias']!)));
      const direction = tf.tidy(() => tf.div(mean, tf.add(root, EPSILON)));
      root.dispose();
      const change = tf.mul(direction, rates['rate']!);
      direction.dispose();
      return tf.sub(tf.mul(params, rates['keep']!), change);
    });
  },
};
