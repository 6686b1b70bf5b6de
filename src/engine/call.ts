/**
 * A function of tensors of any size that runs as one graph, so that its operations cost no calls. On other
 * backends the same body runs operation by operation.
 */
import * as tf from '@tensorflow/tfjs-core';
import { emptyGraph } from './graph.ts';
import { inputName } from './names.ts';
import { canRecord } from './program.ts';
import { attr } from './protobuf.ts';
import { addPart, recordPart } from './recordedPart.ts';
import { dataType, type NativeBackend } from './recorder.ts';
import { startSession } from './session.ts';
import type { Sizes } from './sizes.ts';
import { tidied } from './tidied.ts';

export interface CallBody {
  /** Names of the sizes that may differ between calls, and the smallest of each. */
  readonly smallest: Sizes;
  /** Inputs of such sizes, with any values. */
  readonly inputs: (sizes: Sizes) => readonly tf.Tensor[];
  readonly body: (inputs: readonly tf.Tensor[]) => readonly tf.Tensor[];
}

export interface Call {
  /** The caller disposes the results, or tidies. */
  run(inputs: readonly tf.Tensor[]): readonly tf.Tensor[];
  dispose(): void;
}

export function createCall(call: CallBody): Call {
  return canRecord() ? recordCall(call) : eagerCall(call);
}

/** A function that runs operation by operation. */
export function eagerCall({ body }: CallBody): Call {
  return { run: (inputs) => tf.tidy(() => [...body(inputs)]), dispose: () => {} };
}

const PREFIX = 'call/';

/** A function in a graph. */
export function recordCall(call: CallBody): Call {
  const backend = tf.backend() as unknown as NativeBackend;
  const graph = emptyGraph();
  const context = { backend, variables: [], precision: 'fp32' } as const;
  const recorded = tidied(() => recordPart(call, context, 'sized'));
  const dtypes = recorded.examples.map(({ dtype }) => dataType(dtype));
  tf.dispose([...recorded.examples]);
  const outputs = addPart(graph, recorded, { prefix: PREFIX, reads: new Map() });
  const fetches = outputs.map((output, i) =>
    graph.add('Identity', [output], {
      attrs: { T: attr.type(dtypes[i]!) },
      name: `${PREFIX}output_${i}`,
    }),
  );
  const session = startSession(backend, graph, []);
  return {
    run(inputs) {
      const feeds = inputs.map((x, i) => [inputName(PREFIX, i), x] as const);
      return session.run(feeds, fetches).map((output) => backend.createOutputTensor(output));
    },
    dispose: () => session.dispose(),
  };
}
