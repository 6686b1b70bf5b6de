import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/backends.ts';
import { inTurn } from '../../../src/engine/ordering.ts';
import type { GraphNode } from '../../../src/engine/protobuf.ts';
import {
  emptyRecording,
  nativeId,
  record,
  type NativeBackend,
} from '../../../src/engine/recorder.ts';

const { name } = await startBackend();

it('where nothing is recorded, bodies just run, in the order in which they are written', () => {
  const seen: number[] = [];
  const turn = inTurn();
  expect([1, 2, 3].map((i) => turn(() => (seen.push(i), i)))).toEqual([1, 2, 3]);
  expect(seen).toEqual([1, 2, 3]);
});

describe.runIf(name === 'tensorflow')('in a recorded graph', () => {
  it('every operation of a body waits for the results of the body before it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 }),
        (depths) => {
          const { ancestors, bodies, first } = recordBodies(depths);
          bodies.forEach((own, i) => {
            const before = bodies[i - 1]?.at(-1) ?? first;
            for (const node of own) expect(ancestors(node)).toContain(before);
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('bodies inside a body wait for what that one waits for', () => {
    const { ancestors, bodies } = recordBodies([1, 2], (body) => {
      const inner = inTurn();
      return inner(() => inner(body));
    });
    for (const node of bodies[1]!) expect(ancestors(node)).toContain(bodies[0]!.at(-1));
  });
});

/**
 * Records as many bodies as `depths` says, each a chain of so many operations on one input, after an
 * operation `first`. Gives the operations of each body, and all that a node waits for.
 */
function recordBodies(
  depths: number[],
  around: (body: () => tf.Tensor) => tf.Tensor = (body) => body(),
) {
  const backend = tf.backend() as unknown as NativeBackend;
  const graph = emptyRecording();
  const bodies: string[][] = [];
  let name = '';
  tf.tidy(() => {
    const x = tf.scalar(1);
    graph.bind(nativeId(backend, x), graph.add({ op: 'Placeholder', inputs: [], attrs: {} }));
    record(backend, graph, () => {
      const first = tf.neg(x);
      name = graph.nodes.at(-1)!.name;
      const turn = inTurn([first]);
      for (const depth of depths) {
        const from = graph.nodes.length;
        turn(() =>
          around(() => {
            let y: tf.Tensor = x;
            for (let i = 0; i < depth; i++) y = tf.square(y);
            return y;
          }),
        );
        const own = graph.nodes.slice(from).filter(({ op }) => op === 'Square');
        bodies.push(own.map(({ name }) => name));
      }
    });
  });
  const nodes = new Map<string, GraphNode>(graph.nodes.map((node) => [node.name, node]));
  const ancestors = (of: string): Set<string> => {
    const seen = new Set<string>();
    const open = [of];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const input of nodes.get(at)?.inputs ?? []) {
        const node = input.replace(/^\^|:.*$/g, '');
        if (!seen.has(node)) open.push(node);
        seen.add(node);
      }
    }
    return seen;
  };
  return { ancestors, bodies, first: name };
}
