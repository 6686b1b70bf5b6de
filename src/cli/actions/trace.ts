/** `kit trace`: drawing, order of the search and tokens, or JSON lines for programs. */
import { createRng } from '../../../envs/rng.ts';
import type { DrawnProblem } from '../../../envs/text.ts';
import { besideEachOther, drawPlan, drawSearchOrder, drawTokens } from '../drawing.ts';
import { readProblemFile, solveProblem, textOf, type Solution } from '../problems.ts';
import type { Session } from '../session.ts';

export interface TraceFlags {
  readonly json: boolean;
  readonly nondeterministic: boolean;
  readonly seed: number | undefined;
}

export async function traceFile(file: string, flags: TraceFlags, session: Session): Promise<void> {
  const problems = await readProblemFile(file);
  for (const [index, problem] of problems.entries()) {
    const rng = createRng(flags.seed ?? 1).split('trace', index);
    const solution = solveProblem(problem, { file, rng: flags.nondeterministic ? rng : undefined });
    if (flags.json) {
      await session.print(JSON.stringify(traceJson(problem, solution)));
    } else {
      if (index > 0) await session.print();
      for (const line of drawTrace(problem, solution)) await session.print(line);
    }
  }
}

function traceJson({ environment }: DrawnProblem, solution: Solution) {
  const { vocabulary, prompt, reasoning, plan, cells } = solution;
  return {
    environment: environment.name,
    prompt: textOf(prompt, vocabulary),
    reasoning: textOf(reasoning, vocabulary),
    plan: plan && textOf(plan, vocabulary),
    planLength: cells && cells.length,
  };
}

function drawTrace(problem: DrawnProblem, solution: Solution): string[] {
  const { environment, task, firstLine } = problem;
  const { search, cells, vocabulary, prompt, reasoning, plan } = solution;
  const { log } = search;
  const expanded = log.closes.reduce((sum, closes) => sum + closes, 0);
  const outcome = cells === null ? 'no plan' : `plan of ${cells.length} positions`;
  const counts = `${log.length - expanded} states created, ${expanded} closed`;
  return [
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
    `reasoning, ${reasoning.length} tokens`,
    ...drawTokens(reasoning, vocabulary),
    ...(plan === null
      ? ['no plan: the search ended without reaching a goal']
      : [`plan, ${plan.length} tokens`, ...drawTokens(plan, vocabulary)]),
  ];
}
