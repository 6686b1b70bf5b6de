/**
 * Recorded functions over shared variables: what `tf.function` is to TensorFlow, for TensorFlow.js on
 * Node. Each function runs a few times, recorded, and from then on as a graph of the native library:
 * its operations are scheduled, fused and freed there, and variables never leave it.
 *
 * A function may have a part that is computed several times side by side, each time of inputs of its
 * own: on the library's threads they run at once, as the replicas of data-parallel training do. The
 * sizes of a part's inputs may differ from call to call; everything else about a graph is as static as
 * the code that was recorded. A JavaScript number that changes must be an input.
 *
 * All functions of a program lie in one SavedModel, because sessions share no variables. On other
 * backends the same functions run operation by operation.
 */
import * as tf from '@tensorflow/tfjs-core';
import { functionPrefix, inputName, partPrefix, readName } from './names.ts';
import { addFunction } from './recordedFunction.ts';
import type { NativeBackend } from './recorder.ts';
import { graphWith, startSession, valuesOf, type Feed } from './session.ts';
import type { Sizes } from './sizes.ts';

/** What is computed `count` times, side by side; it reads variables, but assigns none. */
export interface Part {
  readonly count: number;
  /** Names of the sizes that may differ between calls and parts, and the smallest of each. */
  readonly smallest: Sizes;
  /** Inputs of such sizes, with any values. */
  readonly inputs: (sizes: Sizes) => readonly tf.Tensor[];
  /** The shapes of its outputs must not depend on the sizes. */
  readonly body: (inputs: readonly tf.Tensor[]) => readonly tf.Tensor[];
}

export interface ProgramFunction {
  readonly name: string;
  readonly part?: Part;
  /** Examples of the inputs; calls must have the same shapes and dtypes. */
  readonly inputs: readonly tf.Tensor[];
  /**
   * @param parts outputs of each part
   * @returns the outputs, at least one, all of them computed; may assign the program's variables
   */
  readonly body: (
    inputs: readonly tf.Tensor[],
    parts: readonly (readonly tf.Tensor[])[],
  ) => readonly tf.Tensor[];
}

export interface Program {
  /**
   * Calls a function and returns the values of its outputs.
   * @param parts inputs of each part
   */
  call(
    name: string,
    inputs: readonly tf.Tensor[],
    parts?: readonly (readonly tf.Tensor[])[],
  ): Float32Array[];
  /** Values of the variables, in their order. */
  read(): Float32Array[];
  dispose(): void;
}

/** bf16: matrix products of the parts in bfloat16, variables and all else in float32. */
export type Precision = 'fp32' | 'bf16';

/** Whether functions can be recorded on the backend that runs. */
export function canRecord(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/**
 * Takes `variables` over: the caller uses them in the functions, and nowhere else.
 * @throws Error if bf16 is asked for where functions are not recorded
 */
export function createProgram(
  variables: readonly tf.Variable[],
  functions: readonly ProgramFunction[],
  precision: Precision = 'fp32',
): Program {
  if (canRecord()) return recordProgram(variables, functions, precision);
  if (precision !== 'fp32') throw new Error(`${precision} needs the tensorflow backend`);
  return eagerProgram(variables, functions);
}

/** A program that runs operation by operation. */
export function eagerProgram(
  variables: readonly tf.Variable[],
  functions: readonly ProgramFunction[],
): Program {
  return {
    call: (name, inputs, parts = []) =>
      tf.tidy(() => {
        const { part, body } = functionOf(functions, name, parts.length);
        const outputs = parts.map((own) => tf.tidy(() => [...part!.body(own)]));
        return body(inputs, outputs).map((output) => output.dataSync<'float32'>());
      }),
    read: () => variables.map((variable) => variable.dataSync<'float32'>()),
    dispose: () => tf.dispose([...variables]),
  };
}

/** A program of graphs. */
export function recordProgram(
  variables: readonly tf.Variable[],
  functions: readonly ProgramFunction[],
  precision: Precision = 'fp32',
): Program {
  const backend = tf.backend() as unknown as NativeBackend;
  const graph = graphWith(variables);
  const context = { backend, variables, precision };
  const outputs = new Map(functions.map((func) => [func.name, addFunction(graph, func, context)]));
  const session = startSession(backend, graph, variables);
  const run = (feeds: readonly Feed[], fetches: readonly string[]): Float32Array[] =>
    valuesOf(backend, session.run(feeds, fetches));
  return {
    call(name, inputs, parts = []) {
      functionOf(functions, name, parts.length);
      const feeds = parts.flatMap((own, part) =>
        own.map((tensor, i) => [inputName(partPrefix(name, part), i), tensor] as const),
      );
      const shared = inputs.map(
        (tensor, i) => [inputName(functionPrefix(name), i), tensor] as const,
      );
      return run([...shared, ...feeds], outputs.get(name)!);
    },
    read: () =>
      run(
        [],
        variables.map((_, i) => readName(i)),
      ),
    dispose: () => session.dispose(),
  };
}

function functionOf(
  functions: readonly ProgramFunction[],
  name: string,
  parts: number,
): ProgramFunction {
  const func = functions.find((func) => func.name === name);
  if (func === undefined) throw new Error(`the program has no function ${name}`);
  const count = func.part?.count ?? 0;
  if (parts !== count) throw new Error(`${name} takes ${count} parts, not ${parts}`);
  return func;
}
