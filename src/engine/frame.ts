/**
 * Loops in a graph, by TensorFlow's frames (Abadi et al. 2016, "Dynamic control flow in large-scale
 * machine learning", section 4): Enter brings a value into the frame, Merge takes it or the one of the
 * round before, Switch lets it into another round or out, NextIteration and Exit lead there.
 */
import type { Graph } from './graph.ts';
import { nodeOf } from './names.ts';
import { attr } from './protobuf.ts';

/**
 * Adds a loop that carries `count` values, the first of which says whether there is another round.
 * @param prefix before the names of its own nodes, and the name of the frame
 * @param layBody adds the body to the graph it is given, where what depends on nothing carried stays
 *   outside; `carry` brings in the i-th value carried; returns what is carried on
 * @returns the outputs at the end
 */
export function addFrame(
  graph: Graph,
  { prefix, count }: { readonly prefix: string; readonly count: number },
  layBody: (frame: Graph, carry: (i: number, start: string) => string) => readonly string[],
): string[] {
  const inside = new Set<string>();
  const entered = new Map<string, string>();
  const typeOf = (output: string): { readonly T: Uint8Array } => ({
    T: attr.type(graph.dtypeOf(output)),
  });
  const add: Graph['add'] = (op, inputs, options) => {
    const name = graph.add(op, inputs, options);
    inside.add(name);
    return name;
  };
  const enter = (output: string, isConstant: boolean): string =>
    add('Enter', [output], {
      attrs: {
        ...typeOf(output),
        frame_name: attr.string(prefix),
        is_constant: attr.bool(isConstant),
        parallel_iterations: attr.int(1),
      },
      dtypes: [graph.dtypeOf(output)],
    });
  const bringIn = (output: string): string => {
    if (inside.has(nodeOf(output))) return output;
    if (output.startsWith('^')) throw new Error('operations in turn can not be in a loop');
    const known = entered.get(output) ?? enter(output, true);
    entered.set(output, known);
    return known;
  };
  const frame: Graph = {
    ...graph,
    add(op, inputs, options) {
      const waits = inputs.some((input) => inside.has(nodeOf(input)));
      return waits ? add(op, inputs.map(bringIn), options) : graph.add(op, inputs, options);
    },
  };

  const named = (what: string, i: number): string => `${prefix}${what}_${i}`;
  const carry = (i: number, start: string): string => {
    const dtypes = [graph.dtypeOf(start)];
    const attrs = typeOf(start);
    add('Merge', [enter(start, false), named('next', i)], {
      attrs: { ...attrs, N: attr.int(2) },
      name: named('merge', i),
      dtypes,
    });
    if (i === 0) add('LoopCond', [named('merge', 0)], { name: named('condition', 0) });
    add('Switch', [named('merge', i), named('condition', 0)], {
      attrs,
      name: named('switch', i),
      dtypes: [...dtypes, ...dtypes],
    });
    return `${named('switch', i)}:1`;
  };
  const next = layBody(frame, carry);
  // What is handed on waits for the end of the round: the executor gives what is expensive to another
  // thread while anything else is left to do, and waking that takes longer than most operations.
  const last = inside.has(nodeOf(next[0]!)) ? [`^${nodeOf(next[0]!)}`] : [];
  return Array.from({ length: count }, (_, i) => {
    const attrs = typeOf(named('switch', i));
    add('NextIteration', [bringIn(next[i]!), ...(i === 0 ? [] : last)], {
      attrs,
      name: named('next', i),
    });
    return graph.add('Exit', [named('switch', i)], { attrs, name: named('exit', i) });
  });
}
