/** The states that some shortest plan leads through, as clauses tell of them. */
import type { SearchProblem } from '../envs/searchProblem.ts';
import { stateTexts } from './stateTexts.ts';
import type { StateWriter } from './tokenizer.ts';

/** States after which the search for plans is given up. */
const MAX_STATES = 100_000;

/** As in `Clause.state`; null if there is no plan, or too many states would have to be searched. */
export function statesOnShortestPlans(
  problem: SearchProblem,
  writer: StateWriter,
): ReadonlySet<string> | null {
  const layers = layersToGoal(problem);
  if (layers === null) return null;
  const children = new Int32Array(problem.maxSuccessors);
  const textOf = stateTexts(writer);
  const texts = new Set<string>();
  let next = new Set(layers.at(-1)!.filter((state) => problem.isGoal(state)));
  for (let depth = layers.length - 1; depth >= 0; depth--) {
    if (depth < layers.length - 1) {
      next = new Set(
        layers[depth]!.filter((state) => {
          const count = problem.successors(state, children);
          return children.subarray(0, count).some((child) => next.has(child));
        }),
      );
    }
    for (const state of next) texts.add(textOf(state));
  }
  return texts;
}

/** States by their distance from the start, up to the first at which there is a goal. */
function layersToGoal(problem: SearchProblem): number[][] | null {
  const children = new Int32Array(problem.maxSuccessors);
  const seen = new Set([problem.start]);
  const layers = [[problem.start]];
  for (let layer = layers[0]!; layer.length > 0; layer = layers.at(-1)!) {
    if (layer.some((state) => problem.isGoal(state))) return layers;
    if (seen.size > MAX_STATES) return null;
    const next: number[] = [];
    for (const state of layer) {
      const count = problem.successors(state, children);
      for (const child of children.subarray(0, count)) {
        if (seen.has(child)) continue;
        seen.add(child);
        next.push(child);
      }
    }
    layers.push(next);
  }
  return null;
}
