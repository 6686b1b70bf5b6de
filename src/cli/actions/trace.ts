/** `kit trace`: drawing, order of the search and tokens, or JSON lines for programs. */
import { createRng } from '../../../envs/rng.ts';
import type { DrawnProblem } from '../../../envs/text.ts';
import {
  besideEachOther,
  drawPlan,
  drawPieces,
  drawSearchOrder,
  drawTokens,
  ended,
} from '../drawing.ts';
import { readProblemFile, solveProblem, textOf, type Solution } from '../problems.ts';
import type { Session } from '../session.ts';

export interface TraceFlags {
  readonly json: boolean;
  readonly nondeterministic: boolean;
  readonly seed: number | undefined;
  readonly maxMemory: number;
}

export async function traceFile(file: string, flags: TraceFlags, session: Session): Promise<void> {
  const problems = await readProblemFile(file);
  const { json, nondeterministic, seed = 1, maxMemory } = flags;
  for (const [index, problem] of problems.entries()) {
    const rng = nondeterministic ? createRng(seed).split('trace', index) : undefined;
    const solution = await solveProblem(problem, { file, maxMemory, session, rng });
    if (json) {
      await session.write(traceJson(problem, solution));
    } else {
      if (index > 0) await session.print();
      await session.write(ended(drawTrace(problem, solution)));
    }
  }
}

/** One line in parts. */
function* traceJson({ environment }: DrawnProblem, solution: Solution): Generator<string> {
  const { vocabulary, prompt, plan, cells } = solution;
  const before = { environment: environment.name, prompt: textOf(prompt, vocabulary) };
  const after = { plan: plan && textOf(plan, vocabulary), planLength: cells && cells.length };
  yield `${JSON.stringify(before).slice(0, -1)},"reasoning":"`;
  let gap = '';
  for (const piece of solution.reasoning()) {
    yield gap + textOf(piece, vocabulary);
    gap = ' ';
  }
  yield `",${JSON.stringify(after).slice(1)}\n`;
}

function* drawTrace(problem: DrawnProblem, solution: Solution): Generator<string> {
  const { environment, task, firstLine } = problem;
  const { search, cells, vocabulary, prompt, plan } = solution;
  const { log } = search;
  const expanded = log.closes.reduce((sum, closes) => sum + closes, 0);
  const outcome = cells === null ? 'no plan' : `plan of ${cells.length} positions`;
  const counts = `${log.length - expanded} states created, ${expanded} closed`;
  yield* [
    `${environment.name} ${task.width}×${task.height}, line ${firstLine}: ${outcome}, ${counts}`,
    '',
    ...besideEachOther([
      { title: cells === null ? 'board' : 'plan', lines: drawPlan(problem, cells) },
      {
        title: 'order of the search',
        lines: drawSearchOrder(task, solution.problem, log),
      },
    ]),
    '',
    `prompt, ${prompt.length} tokens`,
    ...drawTokens(prompt, vocabulary),
    `reasoning, ${solution.reasoningLength} tokens`,
  ];
  yield* drawPieces(solution.reasoning(), vocabulary);
  if (plan === null) yield 'no plan: the search ended without reaching a goal';
  else yield* [`plan, ${plan.length} tokens`, ...drawTokens(plan, vocabulary)];
}
