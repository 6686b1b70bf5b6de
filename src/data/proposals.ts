/**
 * Random layouts, their tasks and searches, in numbered blocks.
 *
 * A block depends on the settings and its number alone, so that any number of workers, and a run
 * that continues another, come to the same examples.
 */
import { hash } from 'node:crypto';
import type { Board, Environment } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import { createRng, type Rng } from '../../envs/rng.ts';
import { astar } from '../../solvers/astar.ts';
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

/** Layouts per block: some milliseconds to a second of work. */
export const BLOCK = 256;

/** What came of the proposals of a block, in their order. */
export interface Block {
  readonly index: number;
  /** The tasks that were kept; their ids are 0. */
  readonly examples: Examples;
  /** [BLOCK] Tasks by proposal: how many were kept, have no plan, are too long. */
  readonly kept: Uint16Array;
  readonly unsolvable: Uint16Array;
  readonly tooLong: Uint16Array;
}

/** A function that makes blocks, and reuses what they have in common. */
export function createProposer(settings: ProposalSettings): (index: number) => Block {
  const environment = environmentOf(settings.task.environment);
  const vocabulary = createVocabulary(
    widestVocabulary(settings.task.environment, vocabularyBoard(settings)),
  );
  const tokenizer = tokenizerOf(environment.name);
  const rng = createRng(settings.seed);
  const buffer = createExampleBuffer();

  return (index) => {
    const layouts = rng.split('block', index);
    const searches = settings.nondeterministic ? rng.split('search', index) : undefined;
    const kept = new Uint16Array(BLOCK);
    const unsolvable = new Uint16Array(BLOCK);
    const tooLong = new Uint16Array(BLOCK);
    buffer.clear();
    for (let i = 0; i < BLOCK; i++) {
      for (const task of environment.propose(settings.task, layouts, settings.tasksPerLayout)) {
        const solved = solve(task, { environment, tokenizer, vocabulary, settings, searches });
        if (solved === 'unsolvable') unsolvable[i]!++;
        else if (solved === 'too long') tooLong[i]!++;
        else {
          buffer.add(solved);
          kept[i]!++;
        }
      }
    }
    return { index, examples: buffer.examples(), kept, unsolvable, tooLong };
  };
}

interface SolveContext {
  readonly environment: Environment;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  readonly settings: ProposalSettings;
  readonly searches: Rng | undefined;
}

/** No clause is shorter: operation, x, y, g and h. */
const SHORTEST_CLAUSE = 5;

/** The reasoning is a view that the next task overwrites. */
function solve(task: Board, context: SolveContext): Example | 'unsolvable' | 'too long' {
  const { environment, tokenizer, vocabulary, settings, searches } = context;
  const problem = environment.searchProblem(task);
  const maxSteps = Math.floor(settings.maxTokens / SHORTEST_CLAUSE);
  const search = astar(problem, { maxSteps, ...(searches && { rng: searches }) });
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
