/**
 * Decoding many responses side by side, one token of each a round, as the body of a loop.
 *
 * Rows come in groups of one prompt each, so that a prompt's keys and values are there and read once.
 * In self-attention every row has keys and values of its own, in columns. All rows write the same column
 * in a round, and a row begins at any: rotary positions tell distances only, so a row need not begin
 * at position 0.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { LoopBody } from '../engine/loop.ts';
import type { Precision } from '../engine/program.ts';
import type { KeyValue } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { laidOut, type DecodingOperations } from './decodingOperations.ts';
import { decodingInputs, flatten, flattenCarried, idleStep, unflatten } from './decodingInputs.ts';
import { paramList, zeroParams } from './paramTensors.ts';
import type { Choice } from './sampling.ts';
import { decode, type Model } from './transformer.ts';

export interface DecodingOptions {
  readonly operations: DecodingOperations;
  readonly choice: Choice;
  readonly precision: Precision;
  /** Loops side by side. */
  readonly count: number;
}

/** The parameters that a token needs; the others serve to read prompts. */
const tokenParams = (config: ModelConfig) =>
  paramList(
    config,
    (name) => name.startsWith('decoder.') && !name.endsWith('.crossAttention.keyValue'),
  );

/** What the loop takes of a model whose parameters are laid out for its operations. */
export function decodingWeights({ config, params }: Model): tf.Tensor[] {
  return tokenParams(config).of(params);
}

export function decodingLoop(
  config: ModelConfig,
  { operations, choice, precision, count }: DecodingOptions,
): LoopBody {
  const weights = tokenParams(config);
  return {
    count,
    precision,
    smallest: { rounds: 2, groups: 2, lanes: 2, prompt: 2, entries: 2, states: 2 },
    inputs: (sizes) => flatten(example(config, operations, sizes as unknown as DecodingSizes)),
    body: (inputs) => {
      const { carried, fixed } = unflatten(inputs, config.decoderLayers);
      const params = weights.named(fixed.weights);
      const rows = carried.tokens.shape[0];
      const past: KeyValue[] = [];
      const logits = decode(
        { config, params, layers: operations.layers },
        tf.reshape(carried.tokens, [rows, 1]),
        {
          memory: fixed.memory,
          memoryMask: fixed.memoryMask,
          selfAttention: operations.selfAttention(carried.past, past, { ...carried, ...fixed }),
          crossAttention: operations.crossAttention,
        },
      );
      const chosen = operations.chooseTokens(tf.reshape(logits, [rows, config.vocabSize]), choice, {
        ...carried,
        ...fixed,
      });
      const { tokens, states } = chosen;
      return flattenCarried({
        ...operations.endRound(chosen, { carried, fixed }),
        tokens,
        states,
        past,
      });
    },
  };
}

interface DecodingSizes {
  /** That there are tables for. */
  readonly rounds: number;
  readonly groups: number;
  readonly lanes: number;
  /** Longest prompt, bos and eos included. */
  readonly prompt: number;
  /** Of past tables along axis 1. */
  readonly entries: number;
  /** Of the grammar. */
  readonly states: number;
}

function example(
  config: ModelConfig,
  operations: DecodingOperations,
  { rounds, groups, lanes, prompt, entries, states }: DecodingSizes,
) {
  const { dim, heads, decoderLayers, vocabSize } = config;
  const rows = groups * lanes;
  const table = ({ shape: [first, , ...others], dtype }: tf.Tensor): tf.Tensor =>
    tf.zeros([first, entries, ...others], dtype);
  const layers = (make: () => KeyValue): KeyValue[] => Array.from({ length: decoderLayers }, make);
  return decodingInputs(config, idleStep(rows, rounds), {
    past: layers(() => {
      const { key, value } = operations.emptyPast(rows);
      return { key: table(key), value: table(value) };
    }),
    memory: layers(() => {
      const shape = [groups, heads, prompt, dim / heads];
      return operations.memoryOf({ key: tf.zeros(shape), value: tf.zeros(shape) });
    }),
    memoryMask: tf.zeros([groups, 1, 1, prompt]),
    transitions: tf.zeros([states, vocabSize], 'int32'),
    weights: decodingWeights({ config, params: laidOut(config, zeroParams(config), operations) }),
    column: 0,
    position: 0,
    start: new Int32Array(rows),
  });
}
