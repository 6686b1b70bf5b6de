/** The prompts that rows under way answer, kept in the library between runs of a decoding loop. */
import * as tf from '@tensorflow/tfjs-core';
import { BOS, EOS } from '../../traces/vocabulary.ts';
import { createCall } from '../engine/call.ts';
import { tidied } from '../engine/tidied.ts';
import { zeros } from '../engine/zeros.ts';
import type { KeyValue } from './attention.ts';
import { pairs, unpaired } from './decodingInputs.ts';
import { laidOut, type DecodingOperations } from './decodingOperations.ts';
import { paddingMask } from './masks.ts';
import { paramList, zeroParams } from './paramTensors.ts';
import { encode, readMemory, type Model } from './transformer.ts';

/** Of G prompts. */
export interface Prompts {
  /** By layer, as `DecodingOperations` has them. */
  readonly memory: readonly KeyValue[];
  /** [G, 1, 1, S] */
  readonly mask: tf.Tensor;
}

/** Room for `count` prompts of up to `length` tokens, bos and eos included. */
export function emptyPrompts(
  { config: { dim, heads, decoderLayers } }: Model,
  operations: DecodingOperations,
  { count, length }: { readonly count: number; readonly length: number },
): Prompts {
  return tidied(() => ({
    memory: Array.from({ length: decoderLayers }, () => {
      const shape = [count, heads, length, dim / heads];
      return operations.memoryOf({ key: zeros(shape), value: zeros(shape) });
    }),
    mask: zeros([count, 1, 1, length]),
  }));
}

/** The same, with prompts, ids without bos and eos, in some places. */
export function withPrompts(
  prompts: Prompts,
  places: readonly number[],
  requested: readonly ArrayLike<number>[],
  reader: PromptReader,
): Prompts {
  return tidied(() => {
    const distinct = [...new Set(requested)];
    const fresh = reader.read(distinct, prompts.mask.shape[3]!);
    const which = tf.tensor1d(
      requested.map((prompt) => distinct.indexOf(prompt)),
      'int32',
    );
    const rows = tf.tensor2d([...places], [places.length, 1], 'int32');
    const put = (table: tf.Tensor, read: tf.Tensor): tf.Tensor =>
      tf.tensorScatterUpdate(table, rows, tf.gather(read, which));
    return {
      memory: prompts.memory.map(({ key, value }, layer) => {
        const own = fresh.memory[layer]!;
        return { key: put(key, own.key), value: put(value, own.value) };
      }),
      mask: put(prompts.mask, fresh.mask),
    };
  });
}

/** Some of them, as often as they are named. */
export function somePrompts({ memory, mask }: Prompts, places: readonly number[]): Prompts {
  return tidied(() => {
    const which = tf.tensor1d([...places], 'int32');
    return {
      memory: memory.map(({ key, value }) => ({
        key: tf.gather(key, which),
        value: tf.gather(value, which),
      })),
      mask: tf.gather(mask, which),
    };
  });
}

export function disposePrompts({ memory, mask }: Prompts): void {
  for (const { key, value } of memory) tf.dispose([key, value]);
  mask.dispose();
}

export interface PromptReader {
  /** Reads prompts, ids without bos and eos, padded to `length` tokens. The caller tidies. */
  read(prompts: readonly ArrayLike<number>[], length: number): Prompts;
  dispose(): void;
}

/** The caller keeps the model. */
export function createPromptReader(model: Model, operations: DecodingOperations): PromptReader {
  const { config } = model;
  const weights = paramList(
    config,
    (name) => name.startsWith('encoder.') || name.endsWith('.crossAttention.keyValue'),
  );
  const call = createCall({
    smallest: { prompts: 2, length: 2 },
    inputs: ({ prompts, length }) => [
      tf.zeros([prompts!, length!], 'int32'),
      tf.zeros([prompts!, 1, 1, length!]),
      ...weights.of(laidOut(config, zeroParams(config), operations)),
    ],
    body: ([ids, mask, ...given]) => {
      const own = { ...model, params: weights.named(given) };
      return pairs(readMemory(own, encode(own, ids!, mask!)).map(operations.memoryOf));
    },
  });
  return {
    read(prompts, length) {
      const lengths = prompts.map(({ length }) => length + 2);
      const ids = new Int32Array(prompts.length * length).fill(BOS);
      prompts.forEach((prompt, row) => {
        ids.set(Array.from(prompt), row * length + 1);
        ids[row * length + lengths[row]! - 1] = EOS;
      });
      const mask = paddingMask(lengths, length);
      const padded = tf.tensor2d(ids, [prompts.length, length], 'int32');
      const memory = call.run([padded, mask, ...weights.of(model.params)]);
      return { memory: unpaired(memory), mask };
    },
    dispose: () => call.dispose(),
  };
}
