/** Recording the part of a function at several sizes, and laying it out for any. */
import * as tf from '@tensorflow/tfjs-core';
import { withBfloat16Products } from './bfloat16.ts';
import { addPlaceholder, addSize, layOut, type Graph } from './graph.ts';
import { inputName, readName } from './names.ts';
import type { Part, Precision } from './program.ts';
import { bindAll, dataType, emptyRecording, outputOf, record } from './recorder.ts';
import type { NativeBackend, RecordedNode } from './recorder.ts';
import { constantsOf, generalise, samplePoints } from './sizes.ts';
import type { SizedConstants, SizedNode } from './sizes.ts';

export interface RecordedPart {
  readonly nodes: readonly SizedNode[];
  /** Names of its outputs in the recording. */
  readonly outputs: readonly string[];
  /** Output tensors of one recording, which the caller disposes. */
  readonly examples: readonly tf.Tensor[];
  /** Of its inputs. */
  readonly dtypes: readonly number[];
  readonly ranks: readonly number[];
  /** By size, an input and an axis of which it is a fixed fraction. */
  readonly sources: Readonly<Record<string, Source>>;
}

interface Source {
  readonly input: number;
  readonly axis: number;
  /** The extent of the axis over the size. */
  readonly times: number;
}

export interface RecordingContext {
  readonly backend: NativeBackend;
  readonly variables: readonly tf.Variable[];
  readonly precision: Precision;
}

interface Run extends SizedConstants {
  readonly tensors: readonly tf.Tensor[];
  readonly nodes: readonly RecordedNode[];
  readonly outputs: readonly string[];
  readonly results: readonly tf.Tensor[];
}

/**
 * @param outputs whether their shapes may depend on the sizes
 * @throws Error if it assigns a variable, or depends on the sizes in a way that no graph can repeat
 */
export function recordPart(
  { smallest, inputs, body }: Pick<Part, 'smallest' | 'inputs' | 'body'>,
  { backend, variables, precision }: RecordingContext,
  outputs: 'fixed' | 'sized' = 'fixed',
): RecordedPart {
  const runs: Run[] = [];
  for (const sizes of samplePoints(smallest)) {
    const tensors = inputs(sizes);
    const recording = emptyRecording();
    bindAll(backend, recording, { tensors, nameOf: (i) => `@input_${i}` });
    bindAll(backend, recording, { tensors: variables, nameOf: (i) => `@${readName(i)}` });
    const { results, names } = record(backend, recording, () => {
      const results = tf.tidy(() => [...body(tensors)]);
      return { results, names: results.map((tensor) => outputOf(backend, recording, tensor)) };
    });
    const assigned = variables.some(
      (variable, i) => outputOf(backend, recording, variable) !== `@${readName(i)}`,
    );
    if (assigned) throw new Error('a part assigns a variable');
    const { nodes } = recording;
    const [first] = runs;
    const constants = constantsOf(nodes, first?.nodes ?? nodes, sizes);
    if (first === undefined) {
      runs.push({ ...constants, tensors, nodes, outputs: names, results });
      continue;
    }
    const shapes = (all: readonly tf.Tensor[]): string => JSON.stringify(all.map((x) => x.shape));
    if (outputs === 'fixed' && shapes(results) !== shapes(first.results)) {
      throw new Error('the shape of an output of a part depends on the sizes');
    }
    // They may be as large as all variables together; and the operations are those of the first.
    tf.dispose(results);
    runs.push({ ...first, ...constants, tensors });
  }
  const [first] = runs as [Run];
  const sources = Object.fromEntries(
    Object.keys(smallest).map((name) => {
      for (const [input, { rank }] of first.tensors.entries()) {
        for (let axis = 0; axis < rank; axis++) {
          const [times, ...others] = runs.map(
            (run) => run.tensors[input]!.shape[axis]! / run.sizes[name]!,
          ) as [number, ...number[]];
          const fixed = Number.isInteger(times) && others.every((other) => other === times);
          if (fixed) return [name, { input, axis, times }];
        }
      }
      throw new Error(`no input has an axis that is a multiple of the size ${name}`);
    }),
  );
  const nodes = generalise(first.nodes, runs);
  return {
    nodes: precision === 'bf16' ? withBfloat16Products(nodes) : nodes,
    outputs: first.outputs,
    examples: first.results,
    dtypes: first.tensors.map(({ dtype }) => dataType(dtype)),
    ranks: first.tensors.map(({ rank }) => rank),
    sources,
  };
}

interface PartSurroundings {
  readonly prefix: string;
  /** Names of the variables' values in recordings and in the graph. */
  readonly reads: ReadonlyMap<string, string>;
  /** What the part reads instead of its i-th placeholder. */
  readonly bringIn?: (i: number, placeholder: string) => string;
}

/** Adds it once, with placeholders of its own. @returns the names of its outputs */
export function addPart(
  graph: Graph,
  part: RecordedPart,
  { prefix, reads, bringIn = (_, placeholder) => placeholder }: PartSurroundings,
): string[] {
  const inputs = new Map(reads);
  part.dtypes.forEach((dtype, i) => {
    const name = inputName(prefix, i);
    addPlaceholder(graph, name, { dtype, shape: Array<number>(part.ranks[i]!).fill(-1) });
    inputs.set(`@input_${i}`, bringIn(i, name));
  });
  const sizes = Object.fromEntries(
    Object.entries(part.sources).map(([name, { input, ...source }]) => [
      name,
      addSize(graph, {
        tensor: inputName(prefix, input),
        dtype: part.dtypes[input]!,
        ...source,
      }),
    ]),
  );
  return part.outputs.map(layOut(graph, part.nodes, { prefix, inputs, sizes }));
}
