/**
 * A loop over tensors that runs as one graph: what a round computes stays in the native library, and
 * a round costs no call. What depends on nothing that changes from round to round is computed once.
 *
 * Tables that a round replaces in part can be written in place (`inPlace.ts`). On other backends the same
 * body runs operation by operation.
 */
import * as tf from '@tensorflow/tfjs-core';
import { addFrame } from './frame.ts';
import { emptyGraph } from './graph.ts';
import { addPart, recordPart } from './recordedPart.ts';
import { inputName, loopPrefix } from './names.ts';
import { canRecord, type Precision } from './program.ts';
import type { NativeBackend } from './recorder.ts';
import { startSession } from './session.ts';
import type { Sizes } from './sizes.ts';
import { tidied } from './tidied.ts';

export interface LoopBody {
  /** Of matrix products, fp32 unless given; bf16 only where loops are recorded. */
  readonly precision?: Precision;
  /** How many loops run side by side, each of inputs of its own, until it ends by itself. */
  readonly count: number;
  /** Names of the sizes that may differ between calls and loops, and the smallest of each. */
  readonly smallest: Sizes;
  /**
   * Inputs of such sizes, with any values: what each round hands to the next, and what stays. The first
   * that is carried is a bool scalar: whether there is another round.
   */
  readonly inputs: (sizes: Sizes) => LoopInputs;
  /** @returns what is carried on, of the shapes and dtypes of what came */
  readonly body: (inputs: LoopInputs) => readonly tf.Tensor[];
}

export interface LoopInputs {
  readonly carried: readonly tf.Tensor[];
  readonly fixed: readonly tf.Tensor[];
}

export interface Loop {
  /**
   * Repeats the body until it says false. What `inputs` makes is disposed at once, and what it only hands
   * on may be disposed as soon as this returns; the caller disposes what each loop carried last.
   */
  run(inputs: () => readonly LoopInputs[]): Promise<tf.Tensor[][]>;
  dispose(): void;
}

export function createLoop(loop: LoopBody): Loop {
  return canRecord() ? recordLoop(loop) : eagerLoop(loop);
}

/** A loop that runs operation by operation. */
export function eagerLoop({ count, body }: LoopBody): Loop {
  return {
    async run(inputs) {
      const clones = (tensors: readonly tf.Tensor[]): tf.Tensor[] =>
        tensors.map((x) => tf.clone(x));
      const own = tidied(() =>
        checked(inputs(), count).map(({ carried, fixed }) => ({
          carried: clones(carried),
          fixed: clones(fixed),
        })),
      );
      const results: tf.Tensor[][] = [];
      for (const { carried, fixed } of own) {
        results.push(await repeat(body, carried, fixed));
        tf.dispose(fixed);
      }
      return results;
    },
    dispose: () => {},
  };
}

/** Not all backends can say without a wait whether there is another round. @param state is disposed */
async function repeat(
  body: LoopBody['body'],
  state: tf.Tensor[],
  fixed: readonly tf.Tensor[],
): Promise<tf.Tensor[]> {
  while ((await state[0]!.data())[0] !== 0) {
    const next = tf.tidy(() => [...body({ carried: state, fixed })]);
    tf.dispose(state);
    state = next;
  }
  return state;
}

/** A loop in a graph. */
export function recordLoop(loop: LoopBody): Loop {
  const { count, smallest, inputs, body, precision = 'fp32' } = loop;
  const backend = tf.backend() as unknown as NativeBackend;
  const graph = emptyGraph();
  const carriedCount = tf.tidy(() => inputs(smallest).carried.length);
  const part = {
    smallest,
    inputs: (sizes: Sizes) => {
      const { carried, fixed } = inputs(sizes);
      return [...carried, ...fixed];
    },
    body: (list: readonly tf.Tensor[]) => {
      const carried = list.slice(0, carriedCount);
      const next = body({ carried, fixed: list.slice(carriedCount) });
      checkCarried(carried, next);
      return next;
    },
  };
  const recorded = tidied(() => recordPart(part, { backend, variables: [], precision }, 'sized'));
  tf.dispose([...recorded.examples]);
  const outputs = Array.from({ length: count }, (_, copy) => {
    const prefix = loopPrefix(copy);
    return addFrame(graph, { prefix, count: carriedCount }, (frame, carry) => {
      const bringIn = (i: number, start: string): string =>
        i < carriedCount ? carry(i, start) : start;
      return addPart(frame, recorded, { prefix, reads: new Map(), bringIn });
    });
  });
  const session = startSession(backend, graph, []);
  return {
    async run(inputs) {
      return tidied(() => {
        const given = checked(inputs(), count);
        const feeds = given.flatMap(({ carried, fixed }, copy) =>
          [...carried, ...fixed].map((x, i) => [inputName(loopPrefix(copy), i), x] as const),
        );
        const results = session.run(feeds, outputs.flat());
        const tensors = results.map((output) => backend.createOutputTensor(output));
        return given.map((_, copy) =>
          tensors.slice(copy * carriedCount, (copy + 1) * carriedCount),
        );
      });
    },
    dispose: () => session.dispose(),
  };
}

function checked(inputs: readonly LoopInputs[], count: number): readonly LoopInputs[] {
  if (inputs.length !== count) throw new Error(`${count} loops take ${inputs.length} inputs`);
  return inputs;
}

function checkCarried(carried: readonly tf.Tensor[], next: readonly tf.Tensor[]): void {
  const kind = ({ shape, dtype }: tf.Tensor): string => `${dtype} [${shape.join()}]`;
  const [before, after] = [carried.map(kind), next.map(kind)];
  if (before[0] !== 'bool []') throw new Error('the first that a loop carries must be a bool');
  const odd = before.findIndex((one, i) => one !== after[i]);
  if (odd >= 0 || before.length !== after.length) {
    throw new Error(
      `a loop was handed ${before.join(', ')} and hands ${after.join(', ')} on: they must be alike`,
    );
  }
}
