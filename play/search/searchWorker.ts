/** The worker that generates boards and runs A* on them, so that neither stalls the page. */
import type { Board } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import { InputError } from '../../envs/inputError.ts';
import { createMemory } from '../../envs/memory.ts';
import { createRng } from '../../envs/rng.ts';
import type { Sokoban, SokobanProblem } from '../../envs/sokoban/sokoban.ts';
import { astar } from '../../solvers/astar.ts';
import { solutionOf, type Solution } from '../../traces/solution.ts';
import { EOS } from '../../traces/vocabulary.ts';
import type {
  FromSearch,
  GenerationSettings,
  SearchAnswer,
  SearchRequest,
  ToSearch,
} from './messages.ts';

/** Rows of the longest log that is shown; beyond it a list of them helps nobody. */
const MAX_STEPS = 100_000;
/** Tokens of such a log at most: where there are many boxes, its rows are long. */
const MAX_TOKENS = 5_000_000;
/** Layouts that are drawn before one gives up; the papers' settings need a handful. */
const MAX_LAYOUTS = 5_000;

self.addEventListener('message', ({ data }: MessageEvent<ToSearch>) => {
  postMessage(answer(data));
});

function answer(message: ToSearch): FromSearch {
  const { ticket } = message;
  try {
    if (message.type === 'generate') {
      return { ticket, type: 'generated', text: generate(message.settings) };
    }
    return { ticket, type: 'searched', answer: search(message.request) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ticket, type: 'failed', message: error.message };
  }
}

function generate({ seed, walls, boxes, ...settings }: GenerationSettings): string {
  const environment = environmentOf(settings.environment);
  const isMaze = settings.environment === 'maze';
  const own = isMaze
    ? { ...settings, walls: shares(walls, settings) }
    : { ...settings, walls, boxes };
  const rng = createRng(seed);
  for (let layout = 0; layout < MAX_LAYOUTS; layout++) {
    const [task] = environment.propose(own, rng.split('layout', layout), 1);
    if (task === undefined) continue;
    // A maze is accepted only with a plan; of a level nobody knows until it is searched.
    const solvable =
      isMaze || astar(environment.searchProblem(task), { maxSteps: MAX_STEPS }).plan !== null;
    if (solvable) return environment.render(task);
  }
  throw new InputError(
    `none of ${MAX_LAYOUTS.toLocaleString('en')} boards has a plan: try fewer walls`,
  );
}

/** A share as a range that holds a whole number of cells. */
function shares(
  share: number,
  { width, height }: { readonly width: number; readonly height: number },
): readonly [number, number] {
  const exact = Math.round(share * width * height) / (width * height);
  return [exact, exact];
}

function search({ environment: name, text, seed }: SearchRequest): SearchAnswer {
  const environment = environmentOf(name);
  const rng = seed === null ? {} : { rng: createRng(seed).split('trace', 0) };
  const task = environment.parse(text);
  const began = performance.now();
  const memory = createMemory();
  const solution = solutionOf(environment, task, { ...rng, memory, maxSteps: maxStepsOf(task) });
  const milliseconds = performance.now() - began;
  const { vocabulary, prompt, cells } = solution;
  const { coordinates, costs } = vocabulary;
  return {
    vocabulary: { environment: name, coordinates, costs },
    prompt,
    ids: idsOf(solution),
    boxes: boxesOf(solution),
    planLength: cells && cells.length,
    truncated: solution.search.truncated,
    milliseconds,
  };
}

function maxStepsOf(task: Board): number {
  const boxes = 'boxes' in task ? (task as Sokoban).boxes.length : 0;
  const longestClause = 6 + 3 * boxes;
  return Math.min(MAX_STEPS, Math.floor(MAX_TOKENS / longestClause));
}

function idsOf({ reasoningLength, reasoning, plan }: Solution): Uint16Array {
  const end = plan === null ? [] : [...plan, EOS];
  const ids = new Uint16Array(reasoningLength + end.length);
  let at = 0;
  for (const piece of reasoning()) {
    ids.set(piece, at);
    at += piece.length;
  }
  ids.set(end, at);
  return ids;
}

function boxesOf({ problem, search }: Solution): Uint16Array | null {
  if (!('boxes' in problem)) return null;
  const level = problem as SokobanProblem;
  return Uint16Array.from(Array.from(search.log.states, (state) => level.boxes(state)).flat());
}
