/**
 * The states of one problem as a validator meets them: each with the text that clauses give it.
 *
 * Nothing here knows an environment. Clauses are compared by text, and several states may have
 * the same one, since a Sokoban clause leaves out the boxes on docks.
 */
import type { Board } from '../envs/environment.ts';
import { environmentOf } from '../envs/index.ts';
import { tokenizerOf } from './index.ts';
import { stateTexts } from './stateTexts.ts';
import { checkFits, type Vocabulary } from './vocabulary.ts';

export interface Node {
  readonly state: number;
  /** Its tokens in a clause, as in `Clause.state`. */
  readonly text: string;
  readonly h: number;
  readonly isGoal: boolean;
  /** Length of a shortest way from the start that leads through no goal; Infinity until found. */
  steps: number;
  /** What a replay of A* knows: the cost at which it was created, Infinity before. */
  g: number;
  open: boolean;
}

export interface StateSpace {
  /** Null if it is dead, so that a search logs nothing. */
  readonly start: Node | null;
  /** All but dead ones. */
  children(node: Node): readonly Node[];
  /** The states with this text that are known so far. */
  named(text: string): readonly Node[];
  /**
   * Explores, breadth first and only as far as need be, for a state with this text that `fits`
   * and that `maxSteps` steps or fewer lead to; null if there is none, undefined if the search
   * was given up.
   */
  find(text: string, maxSteps: number, fits: (node: Node) => boolean): Node | null | undefined;
}

/** States after which a search for one is given up. */
const MAX_STATES = 100_000;

/** @throws InputError if the vocabulary is of another environment or too small for the board */
export function createStateSpace(task: Board, vocabulary: Vocabulary): StateSpace {
  checkFits(task, vocabulary);
  const problem = environmentOf(vocabulary.environment).searchProblem(task);
  const writer = tokenizerOf(vocabulary.environment).states(task, vocabulary, problem);
  const textOf = stateTexts(writer);
  const buffer = new Int32Array(problem.maxSuccessors);
  const nodes: (Node | undefined)[] = [];
  const byText = new Map<string, Node[]>();
  const childrenOf = new Map<Node, readonly Node[]>();
  let size = 0;

  const nodeOf = (state: number): Node | null => {
    const known = nodes[state];
    if (known !== undefined) return known;
    const h = problem.heuristic(state);
    if (h === Infinity) return null;
    const text = textOf(state);
    const isGoal = problem.isGoal(state);
    const node: Node = { state, text, h, isGoal, steps: Infinity, g: Infinity, open: false };
    nodes[state] = node;
    size++;
    const named = byText.get(text);
    if (named === undefined) byText.set(text, [node]);
    else named.push(node);
    return node;
  };

  const children = (node: Node): readonly Node[] => {
    const known = childrenOf.get(node);
    if (known !== undefined) return known;
    const states = buffer.slice(0, problem.successors(node.state, buffer));
    const nodes = Array.from(states, nodeOf).filter((child) => child !== null);
    childrenOf.set(node, nodes);
    return nodes;
  };

  const start = nodeOf(problem.start);
  let frontier: Node[] = start === null ? [] : [start];
  let depth = 0;
  if (start !== null) start.steps = 0;

  /** Finds the states that are one step further away; a search ends at goals. */
  const advance = (): void => {
    const next: Node[] = [];
    depth++;
    for (const node of frontier) {
      if (node.isGoal) continue;
      for (const child of children(node)) {
        if (child.steps <= depth) continue;
        child.steps = depth;
        next.push(child);
      }
    }
    frontier = next;
  };

  const named = (text: string): readonly Node[] => byText.get(text) ?? [];
  return {
    start,
    children,
    named,
    find(text, maxSteps, fits) {
      for (;;) {
        const found = named(text).find((node) => node.steps <= maxSteps && fits(node));
        if (found !== undefined) return found;
        if (frontier.length === 0 || depth >= maxSteps) return null;
        if (size > MAX_STATES) return undefined;
        advance();
      }
    },
  };
}
