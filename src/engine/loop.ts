/**
 * A loop over tensors that runs as one graph: what a round computes stays in the native library, and
 * a round costs no call. What depends on nothing that changes from round to round is computed once.
 *
 * Tables that a round replaces in part can be written in place (`inPlace.ts`). On other backends the same
 * body runs operation by operation.
 */
import * as tf from '@tensorflow/tfjs-core';
import { addFrame } from './frame.ts';
import { addPart, recordPart } from './recordedPart.ts';
import { inputName, LOOP_PREFIX, readName } from './names.ts';
import { canRecord } from './program.ts';
import type { NativeBackend } from './recorder.ts';
import { graphWith, startSession } from './session.ts';
import type { Sizes } from './sizes.ts';
import { tidied } from './tidied.ts';

export interface LoopBody {
  /** Names of the sizes that may differ between calls, and the smallest of each. */
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
  /** Repeats the body until it says false, at least once if it is handed true; the caller disposes. */
  run(inputs: LoopInputs): tf.Tensor[];
  dispose(): void;
}

/** Takes `variables` over, as `createProgram` does; the body only reads them. */
export function createLoop(variables: readonly tf.Variable[], loop: LoopBody): Loop {
  return canRecord() ? recordLoop(variables, loop) : eagerLoop(variables, loop);
}

/** A loop that runs operation by operation. */
export function eagerLoop(variables: readonly tf.Variable[], { body }: LoopBody): Loop {
  return {
    run({ carried, fixed }) {
      let state = tf.tidy(() => carried.map((tensor) => tf.clone(tensor)));
      while (state[0]!.dataSync()[0] !== 0) {
        const next = tf.tidy(() => [...body({ carried: state, fixed })]);
        tf.dispose(state);
        state = next;
      }
      return state;
    },
    dispose: () => tf.dispose([...variables]),
  };
}

/** A loop in a graph. */
export function recordLoop(
  variables: readonly tf.Variable[],
  { smallest, inputs, body }: LoopBody,
): Loop {
  const backend = tf.backend() as unknown as NativeBackend;
  const graph = graphWith(variables);
  const count = tf.tidy(() => inputs(smallest).carried.length);
  const part = {
    smallest,
    inputs: (sizes: Sizes) => {
      const { carried, fixed } = inputs(sizes);
      return [...carried, ...fixed];
    },
    body: (list: readonly tf.Tensor[]) => {
      const carried = list.slice(0, count);
      const next = body({ carried, fixed: list.slice(count) });
      checkCarried(carried, next);
      return next;
    },
  };
  const recorded = tidied(() =>
    recordPart(part, { backend, variables, precision: 'fp32' }, 'sized'),
  );
  tf.dispose([...recorded.examples]);
  const prefix = LOOP_PREFIX;
  const reads = new Map(variables.map((_, i) => [`@${readName(i)}`, readName(i)]));
  const outputs = addFrame(graph, { prefix, count }, (frame, carry) => {
    const bringIn = (i: number, start: string): string => (i < count ? carry(i, start) : start);
    return addPart(frame, recorded, { prefix, reads, bringIn });
  });
  const session = startSession(backend, graph, variables);
  return {
    run({ carried, fixed }) {
      const feeds = [...carried, ...fixed].map(
        (tensor, i) => [inputName(prefix, i), tensor] as const,
      );
      return session.run(feeds, outputs).map((output) => backend.createOutputTensor(output));
    },
    dispose: () => session.dispose(),
  };
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
