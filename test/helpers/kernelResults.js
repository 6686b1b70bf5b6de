/**
 * Results of the kit's own operations, and of rollouts, for inputs that are always the same, as one line
 * of JSON: run in a process of its own, with KIT_KERNELS.
 */
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../../dist/src/engine/backends.js';
import { runKernel, runningKernels } from '../../dist/src/engine/kernels.js';
import { paramCount } from '../../dist/src/model/params.js';
import { createRollouts } from '../../dist/src/model/rollout.js';

await startBackend({ backend: 'tensorflow', threads: 1 });
const build = runningKernels();
const operations = build === null ? {} : operationResults();
console.log(JSON.stringify({ build, ...operations, rollouts: await rolloutResults() }));

/** From −1 to 1, without any pattern that matters. */
function wave(count) {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * i + 0.7 * i));
}

function table(...shape) {
  return tf.tensor(wave(shape.reduce((a, b) => a * b, 1)), shape);
}

function operationResults() {
  const [exact, rounded] = [{}, {}];
  for (const gated of [0, 1]) {
    exact[`linear ${gated}`] = linear({ gated, halved: 0, normed: true });
    // Without a norm before, everybody rounds the same numbers.
    exact[`linear ${gated} in bf16`] = linear({ gated, halved: 1, normed: false });
    rounded[`linear ${gated}, normed, in bf16`] = linear({ gated, halved: 1, normed: true });
  }
  const shared = [table(26, 1, 48), table(2, 48, 37), table(2, 37, 48), tf.zeros([2, 37])];
  exact['shared attention'] = values('KitSharedAttention', shared, { integers: { heads: 2 } })[0];
  for (const [headDim, dim] of [
    [6, 18],
    [16, 144],
    [64, 128],
  ]) {
    exact[`past attention ${headDim}`] = pastAttention({ headDim, dim, halved: false });
    rounded[`past attention ${headDim} in bf16`] = pastAttention({ headDim, dim, halved: true });
  }
  const [tokens, logProbs] = chosen();
  exact['ln p of tokens'] = logProbs;
  return { exact, rounded, tokens };
}

function values(name, inputs, attributes) {
  return runKernel(name, inputs, attributes).map((output) => [...output.dataSync()]);
}

function linear({ gated, halved, normed }) {
  const [rows, inner, columns] = [13, 51, 37];
  const types = { T: halved ? 'int32' : 'float32' };
  const matrix = table(inner, gated ? 2 * columns : columns);
  const [packed] = runKernel('KitPack', [matrix], { integers: { gated, halved }, types });
  const gain = normed ? table(inner) : tf.zeros([0]);
  const inputs = [table(rows, inner), gain, tf.scalar(1e-5), packed, table(rows, columns)];
  return values('KitLinear', inputs, { integers: { gated, columns }, types })[0];
}

function pastAttention({ headDim, dim, halved }) {
  const [rows, blocks, column] = [3, 2, 45];
  const shape = (first, second) => [rows, blocks, first, second];
  const tables = halved
    ? [tf.zeros(shape(dim / 2, 32), 'int32'), tf.zeros(shape(16, dim), 'int32')]
    : [table(...shape(dim, 32)), table(...shape(32, dim))];
  const angles = wave(headDim / 2);
  const ofAngle = (of) => Float32Array.from({ length: headDim }, (_, i) => of(angles[i >> 1]));
  const positions = [Math.cos, Math.sin].map((of) => tf.tensor2d(ofAngle(of), [1, headDim]));
  const round = tf.scalar(0, 'int32');
  const ended = tf.zeros([rows], 'bool');
  const results = [];
  // One position after the other, so that tables of pairs fill up.
  for (let at = 30; at <= column; at++) {
    const joint = tf.tensor2d(
      wave(rows * 3 * dim).map((x) => x * Math.cos(at)),
      [rows, 3 * dim],
    );
    const start = tf.tensor1d([0, 31, at], 'int32').minimum(tf.scalar(at, 'int32'));
    const inputs = [joint, ...tables, tf.scalar(at, 'int32'), round, start, ended, ...positions];
    const attributes = {
      integers: { heads: dim / headDim },
      types: { T: halved ? 'int32' : 'float32' },
      outputs: 3,
    };
    results.push(...values('KitPastAttention', inputs, attributes)[0]);
  }
  return results;
}

function chosen() {
  const rows = 20;
  const logits = tf.mul(table(rows, 938), 5);
  const uniforms = tf.abs(table(1, rows));
  const forced = tf.neg(tf.ones([1, rows], 'int32'));
  const round = tf.scalar(0, 'int32');
  const states = tf.zeros([rows], 'int32');
  const none = tf.zeros([0, 938], 'int32');
  const inputs = [logits, uniforms, tf.scalar(0.7), forced, round, none, states];
  return values('KitChooseTokens', inputs, { outputs: 3 });
}

/** Of a model that no vector divides. */
async function rolloutResults() {
  const shape = { dim: 36, encoderLayers: 1, decoderLayers: 2, heads: 3, ffnDim: 51 };
  const config = { ...shape, vocabSize: 23 };
  const params = wave(paramCount(config)).map((x) => x / 4);
  const rollouts = createRollouts({ config, params });
  const requests = [
    { id: 'a', prompt: [5, 6, 7] },
    { id: 'b', prompt: [8, 9, 12, 5, 5] },
  ];
  const options = { prefix: [2], samples: 5, temperature: 0, maxTokens: 60, seed: 1, end: null };
  const responses = (await rollouts.respond(requests, options)).flat();
  return {
    ids: responses.map(({ ids }) => [...ids]),
    logProbs: responses.flatMap(({ logProbs }) => [...logProbs]),
  };
}
