/**
 * True traces made false, for asking whether a model's plan follows from what it wrote before.
 *
 * The first kinds change one clause of a complete trace of A*; the last two replace the trace by one
 * that is true of another task. Whatever comes out is no run of A* on the task. What a corrupted trace
 * still tells of a plan, `toldPlan.ts` says.
 */
import type { Board } from '../envs/environment.ts';
import { environmentOf } from '../envs/index.ts';
import { InputError } from '../envs/inputError.ts';
import type { Rng } from '../envs/rng.ts';
import { astar } from '../solvers/astar.ts';
import { clauseBounds, readClause } from './clauses.ts';
import type { Corruption } from './corruptions.ts';
import { tokenizerOf } from './index.ts';
import { statesOnShortestPlans } from './shortestPlans.ts';
import { agentIds, toldStates } from './toldPlan.ts';
import { createTraceValidator } from './validate.ts';
import { CLOSE, type Vocabulary } from './vocabulary.ts';

export interface TracedTask {
  readonly task: Board;
  readonly vocabulary: Vocabulary;
  /** A complete trace of A* that found a plan. */
  readonly reasoning: Uint16Array;
  /** Of another task. */
  readonly other: Uint16Array | null;
}

export interface CorruptedTrace {
  readonly reasoning: Uint16Array;
  /** The clause of the true trace that was changed, from 0; null if none or all were. */
  readonly clause: number | null;
}

/** Null if the task does not allow it; the same for the same state of `rng`. */
export function corruptTrace(
  corruption: Corruption,
  traced: TracedTask,
  rng: Rng,
): CorruptedTrace | null {
  if (corruption === 'none') return { reasoning: traced.reasoning, clause: null };
  const validate = createTraceValidator(traced.task, traced.vocabulary);
  for (const candidate of CANDIDATES[corruption](traced, rng)) {
    if (validate(candidate.reasoning).verdict === 'illegal') return candidate;
  }
  return null;
}

type Candidates = (traced: TracedTask, rng: Rng) => Iterable<CorruptedTrace>;

/** In random order; some may still be runs of A*. */
const CANDIDATES: Readonly<Record<Exclude<Corruption, 'none'>, Candidates>> = {
  *'drop-close'(traced, rng) {
    for (const { clause } of closesOnPlan(traced, rng)) yield without(clause, traced);
  },
  *'rename-close'(traced, rng) {
    for (const { clause, state } of closesOnPlan(traced, rng)) {
      const before = readClauses(traced).slice(0, clause);
      const others = new Set(before.map((each) => each.state));
      others.delete(state);
      const names = shuffled(others, rng.split('name', clause));
      for (const name of names) yield renamed(clause, name, traced);
    }
  },
  *'raise-cost'(traced, rng) {
    for (const { clause, g } of closesOnPlan(traced, rng)) {
      const { costs } = traced.vocabulary;
      if (g + FURTHER < costs) yield withCost(clause, g + FURTHER, traced);
    }
  },
  *'drop-elsewhere'(traced, rng) {
    const { task, vocabulary } = traced;
    const problem = environmentOf(vocabulary.environment).searchProblem(task);
    const writer = tokenizerOf(vocabulary.environment).states(task, vocabulary, problem);
    const onPlans = statesOnShortestPlans(problem, writer);
    if (onPlans === null) return;
    const closes = readClauses(traced).filter(({ closes, state }) => closes && !onPlans.has(state));
    for (const { clause } of shuffled(closes, rng.split('clause'))) yield without(clause, traced);
  },
  *blocked(traced, rng) {
    const { task, vocabulary, reasoning } = traced;
    const plan = toldStates(reasoning, vocabulary) ?? [];
    const cells = new Set(
      plan.map((state) => {
        const [x = 0, y = 0] = agentIds(state, vocabulary).map((id) => vocabulary.value(id));
        return x + y * task.width;
      }),
    );
    for (const cell of shuffled(cells, rng.split('cell'))) {
      const found = traceBehindWall(cell, traced);
      if (found !== null && found.planLength > plan.length) {
        yield { reasoning: found.reasoning, clause: null };
      }
    }
  },
  *swap({ other }) {
    if (other !== null) yield { reasoning: other, clause: null };
  },
};

/** What `raise-cost` adds: all ways between two cells differ by even numbers. */
const FURTHER = 2;

interface ReadClause {
  /** Its number. */
  readonly clause: number;
  readonly closes: boolean;
  readonly state: string;
  readonly g: number;
}

function readClauses({ reasoning, vocabulary }: TracedTask): ReadClause[] {
  const bounds = clauseBounds(reasoning);
  return bounds.slice(1).flatMap((end, clause) => {
    const read = readClause(reasoning, { begin: bounds[clause]!, end }, vocabulary);
    if (typeof read === 'string' || read.costs === null) return [];
    return [{ clause, closes: read.closes, state: read.state, g: read.costs.g }];
  });
}

/** The last close of each inner state of the plan. */
function closesOnPlan(traced: TracedTask, rng: Rng): ReadClause[] {
  const inner = toldStates(traced.reasoning, traced.vocabulary)?.slice(1, -1) ?? [];
  const clauses = readClauses(traced);
  const found = inner.flatMap(
    (state) => clauses.findLast((each) => each.closes && each.state === state) ?? [],
  );
  return shuffled(found, rng.split('clause'));
}

function without(clause: number, { reasoning }: TracedTask): CorruptedTrace {
  return replaced(clause, [], reasoning);
}

function renamed(clause: number, state: string, { reasoning }: TracedTask): CorruptedTrace {
  const end = clauseBounds(reasoning)[clause + 1]!;
  const ids = Array.from(state, (unit) => unit.charCodeAt(0));
  return replaced(clause, [CLOSE, ...ids, ...reasoning.subarray(end - 2, end)], reasoning);
}

function withCost(
  clause: number,
  g: number,
  { reasoning, vocabulary }: TracedTask,
): CorruptedTrace {
  const bounds = clauseBounds(reasoning);
  const ids = [...reasoning.subarray(bounds[clause], bounds[clause + 1])];
  ids[ids.length - 2] = vocabulary.cost(g);
  return replaced(clause, ids, reasoning);
}

function replaced(clause: number, ids: readonly number[], reasoning: Uint16Array): CorruptedTrace {
  const bounds = clauseBounds(reasoning);
  const [begin, end] = [bounds[clause]!, bounds[clause + 1]!];
  const changed = [...reasoning.subarray(0, begin), ...ids, ...reasoning.subarray(end)];
  return { reasoning: Uint16Array.from(changed), clause };
}

/** A*'s trace of the board with one wall more; null if there is no such board, plan, or token. */
function traceBehindWall(
  cell: number,
  { task, vocabulary }: TracedTask,
): { readonly reasoning: Uint16Array; readonly planLength: number } | null {
  const { environment, costs } = vocabulary;
  const tokenizer = tokenizerOf(environment);
  const walls = task.walls.slice();
  walls[cell] = 1;
  const walled = { ...task, walls };
  if (!isBoard(walled, vocabulary)) return null;
  const problem = environmentOf(environment).searchProblem(walled);
  const { log, plan } = astar(problem);
  if (plan === null) return null;
  for (let row = 0; row < log.length; row++) {
    if (Math.max(log.g[row]!, log.h[row]!) >= costs) return null;
  }
  const reasoning = tokenizer.reasoning(walled, vocabulary, { problem, log });
  return { reasoning, planLength: plan.length };
}

/** Whether its wall stands where something else is: what a prompt may not say. */
function isBoard(task: Board, vocabulary: Vocabulary): boolean {
  const tokenizer = tokenizerOf(vocabulary.environment);
  try {
    tokenizer.readPrompt(tokenizer.prompt(task, vocabulary), vocabulary, task);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

const shuffled = <T>(items: Iterable<T>, rng: Rng): T[] => rng.shuffle([...items]);
