/**
 * Random layouts, their tasks and searches, in numbered blocks.
 *
 * A block depends on the settings and its number alone, so that any number of workers, and a run
 * that continues another, come to the same examples. A block that takes long is made in parts, each
 * of which says how its random streams go on, so that nothing before it need be done again.
 */
import { hash } from 'node:crypto';
import type { Board, Environment } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import { createRng, restoreRng, type Rng, type RngState } from '../../envs/rng.ts';
import type { SearchProblem } from '../../envs/searchProblem.ts';
import { astar, type SearchResult } from '../../solvers/astar.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { reasoningWithin } from '../../traces/responseTokens.ts';
import type { Tokenizer } from '../../traces/tokenizer.ts';
import { createVocabulary, type Vocabulary } from '../../traces/vocabulary.ts';
import { vocabularyBoard, widestVocabulary } from '../../traces/vocabulary.ts';
import { createExampleBuffer, type Example, type Examples } from './examples.ts';

export interface ProposalSettings {
  /** What the environment's generator reads. */
  readonly task: {
    readonly environment: string;
    readonly width: number;
    readonly height: number;
  };
  readonly tasksPerLayout: number;
  /** Searches that shuffle children and break ties at random. */
  readonly nondeterministic: boolean;
  /** Tasks whose reasoning and plan together are longer are not kept. */
  readonly maxTokens: number;
  /** The vocabulary's words reach for boards up to this side; for the task's board unless given. */
  readonly vocabularySide?: number | undefined;
  readonly seed: number | string;
}

/** Layouts per block. */
export const BLOCK = 256;

/**
 * Log rows of its searches, found or not, after which a part ends: a fraction of a second of work. One
 * search is never divided.
 */
const PART_ROWS = 500_000;

/** The random streams of a block at one point. */
export interface Streams {
  readonly layouts: RngState;
  /** Null if searches are deterministic. */
  readonly searches: RngState | null;
}

/** A point within a block. */
export interface Start {
  /** Proposals of the block that come before it. */
  readonly offset: number;
  /** Null at the beginning of the block. */
  readonly streams: Streams | null;
}

export const BEGINNING: Start = { offset: 0, streams: null };

/** Proposals `from` … `to` − 1 of a block, and what came of them, in their order. */
export interface Part {
  readonly block: number;
  readonly from: number;
  readonly to: number;
  /** The tasks that were kept; their ids are 0. */
  readonly examples: Examples;
  /** [to − from] Tasks by proposal: how many were kept, have no plan, are too long. */
  readonly kept: Uint16Array;
  readonly unsolvable: Uint16Array;
  readonly tooLong: Uint16Array;
  /** Where the next part begins; null after the last. */
  readonly streams: Streams | null;
}

/** Where the proposals after a part begin. */
export function endOf({ to, streams }: Part): Start {
  return { offset: to, streams };
}

/** The parts of a block, made one by one. */
export type Proposer = (block: number, start?: Start) => Generator<Part, void, undefined>;

/** A function that makes blocks, and reuses what they have in common. */
export function createProposer(settings: ProposalSettings): Proposer {
  const environment = environmentOf(settings.task.environment);
  const vocabulary = createVocabulary(
    widestVocabulary(settings.task.environment, vocabularyBoard(settings)),
  );
  const context = { environment, tokenizer: tokenizerOf(environment.name), vocabulary, settings };
  const maxSteps = Math.floor(settings.maxTokens / SHORTEST_CLAUSE);
  const rng = createRng(settings.seed);
  const buffer = createExampleBuffer();

  const rngsAt = (block: number, { streams }: Start): Rngs => {
    if (streams === null) {
      const searches = settings.nondeterministic ? rng.split('search', block) : null;
      return { layouts: rng.split('block', block), searches };
    }
    const { layouts, searches } = streams;
    return { layouts: restoreRng(layouts), searches: searches && restoreRng(searches) };
  };

  /** Draws on the streams, which stand at proposal `from`. */
  const makePart = (block: number, from: number, { layouts, searches }: Rngs): Part => {
    const kept = new Uint16Array(BLOCK - from);
    const unsolvable = new Uint16Array(BLOCK - from);
    const tooLong = new Uint16Array(BLOCK - from);
    buffer.clear();
    let count = 0;
    for (let rows = 0; count < kept.length && rows < PART_ROWS; count++) {
      for (const task of environment.propose(settings.task, layouts, settings.tasksPerLayout)) {
        const problem = environment.searchProblem(task);
        const search = astar(problem, { maxSteps, ...(searches && { rng: searches }) });
        rows += search.log.length;
        const outcome = outcomeOf({ task, problem, search }, context);
        if (outcome === 'unsolvable') unsolvable[count]!++;
        else if (outcome === 'too long') tooLong[count]!++;
        else {
          buffer.add(outcome);
          kept[count]!++;
        }
      }
    }
    const to = from + count;
    const streams = { layouts: layouts.state(), searches: searches && searches.state() };
    return {
      block,
      from,
      to,
      examples: buffer.examples(),
      kept: kept.slice(0, count),
      unsolvable: unsolvable.slice(0, count),
      tooLong: tooLong.slice(0, count),
      streams: to < BLOCK ? streams : null,
    };
  };

  return function* (block, start = BEGINNING) {
    const rngs = rngsAt(block, start);
    for (let from = start.offset; from < BLOCK;) {
      const part = makePart(block, from, rngs);
      yield part;
      from = part.to;
    }
  };
}

interface Rngs {
  readonly layouts: Rng;
  readonly searches: Rng | null;
}

interface Searched {
  readonly task: Board;
  readonly problem: SearchProblem;
  readonly search: SearchResult;
}

interface TokenContext {
  readonly environment: Environment;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  readonly settings: ProposalSettings;
}

/** No clause is shorter: operation, x, y, g and h. */
const SHORTEST_CLAUSE = 5;

/** The reasoning is a view that the next task overwrites. */
function outcomeOf(
  { task, problem, search }: Searched,
  { environment, tokenizer, vocabulary, settings }: TokenContext,
): Example | 'unsolvable' | 'too long' {
  if (search.truncated) return 'too long';
  if (search.plan === null) return 'unsolvable';

  const cells = search.plan.map((state) => problem.agent(state));
  const plan = tokenizer.plan(task, vocabulary, cells);
  const states = tokenizer.states(task, vocabulary, problem);
  const room = settings.maxTokens - plan.length;
  const reasoning = reasoningWithin(room, { log: search.log, vocabulary, states });
  if (reasoning === null) return 'too long';
  const expanded = count(search.log.closes);
  return {
    id: 0,
    width: task.width,
    height: task.height,
    walls: count(task.walls),
    optimalLength: search.plan.length,
    created: search.log.length - expanded,
    expanded,
    layout: BigInt(`0x${hash('sha256', environment.splitKey(task)).slice(0, 16)}`),
    prompt: tokenizer.prompt(task, vocabulary),
    reasoning,
    plan,
  };
}

function count(flags: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < flags.length; i++) sum += flags[i]!;
  return sum;
}
