/** Recording a function of a program: its part as often as it is computed, and what joins them. */
import * as tf from '@tensorflow/tfjs-core';
import { addPlaceholder, layOut, type Graph } from './graph.ts';
import { functionPrefix, inputName, partPrefix, readName } from './names.ts';
import type { ProgramFunction } from './program.ts';
import { attr } from './protobuf.ts';
import { addPart, recordPart, type RecordingContext } from './recordedPart.ts';
import { bindAll, dataType, emptyRecording, outputOf, record } from './recorder.ts';

/**
 * Adds the nodes of a function and returns the names of its outputs; the variables stay as they are.
 * @throws Error if it can't be recorded
 */
export function addFunction(
  graph: Graph,
  func: ProgramFunction,
  context: RecordingContext,
): readonly string[] {
  const { name, part } = func;
  const { backend, variables } = context;
  const prefix = functionPrefix(name);
  const reads = new Map(variables.map((_, i) => [`@${readName(i)}`, readName(i)]));
  const before = variables.map((variable) => tf.clone(variable));
  try {
    return tf.tidy(() => {
      const recorded = part && recordPart(part, context);
      const parts = Array.from({ length: part?.count ?? 0 }, (_, p) => ({
        outputs: addPart(graph, recorded!, { prefix: partPrefix(name, p), reads }),
        examples: recorded!.examples.map(copied),
      }));
      const inputs = new Map(reads);
      func.inputs.forEach(({ dtype, shape }, i) => {
        addPlaceholder(graph, inputName(prefix, i), { dtype: dataType(dtype), shape });
        inputs.set(`@input_${i}`, inputName(prefix, i));
      });

      const recording = emptyRecording();
      bindAll(backend, recording, { tensors: func.inputs, nameOf: (i) => `@input_${i}` });
      bindAll(backend, recording, { tensors: variables, nameOf: (i) => `@${readName(i)}` });
      parts.forEach(({ outputs, examples }, p) => {
        const nameOf = (i: number): string => `@part_${p}_${i}`;
        bindAll(backend, recording, { tensors: examples, nameOf });
        outputs.forEach((output, i) => inputs.set(nameOf(i), output));
      });
      const nameOf = (tensor: tf.Tensor): string => outputOf(backend, recording, tensor);
      const { results, outputs, values } = record(backend, recording, () => {
        const results = func.body(
          func.inputs,
          parts.map(({ examples }) => examples),
        );
        return { results, outputs: results.map(nameOf), values: variables.map(nameOf) };
      });
      if (results.length === 0) throw new Error(`${name} returns nothing that could be fetched`);
      const resolve = layOut(graph, recording.nodes, { prefix, inputs, sizes: {} });
      const assigns = values.flatMap((value, i) =>
        value === `@${readName(i)}` ? [] : [addAssignment(graph, variables[i]!, i, resolve(value))],
      );
      return results.map(({ dtype }, i) =>
        graph.add('Identity', [resolve(outputs[i]!), ...assigns.map((assign) => `^${assign}`)], {
          attrs: { T: attr.type(dataType(dtype)) },
          name: `${prefix}output_${i}`,
        }),
      );
    });
  } finally {
    variables.forEach((variable, i) => variable.assign(before[i]!));
    tf.dispose(before);
  }
}

function addAssignment(graph: Graph, { dtype }: tf.Variable, i: number, value: string): string {
  // After the one reading of the variable, which might otherwise see the new value.
  const inputs = [`variable_${i}`, value, `^${readName(i)}`];
  return graph.add('AssignVariableOp', inputs, { attrs: { dtype: attr.type(dataType(dtype)) } });
}

/** A tensor with an id of its own. */
function copied(tensor: tf.Tensor): tf.Tensor {
  return tf.tensor(tensor.dataSync(), tensor.shape, tensor.dtype);
}
