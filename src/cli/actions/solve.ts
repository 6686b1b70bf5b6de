/** `kit solve`: a model's plans for drawn problems, beside A*'s. */
import { cellAt } from '../../../envs/environment.ts';
import { InputError } from '../../../envs/inputError.ts';
import type { DrawnProblem } from '../../../envs/text.ts';
import { parseResponse } from '../../../traces/parse.ts';
import { createVocabulary, type Vocabulary } from '../../../traces/vocabulary.ts';
import { tokenizerOf } from '../../../traces/index.ts';
import { byMerit } from '../../evaluation/best.ts';
import { judgeResponse } from '../../evaluation/evaluate.ts';
import type { SampleRecord } from '../../evaluation/records.ts';
import type { Precision } from '../../engine/program.ts';
import { MODE_PREFIX, type Mode } from '../../../traces/modes.ts';
import { rolloutChoice } from '../../evaluation/tokenChoice.ts';
import { checkHoldsWeights, chooseCheckpoint } from '../../training/runModel.ts';
import { besideEachOther, drawPieces, drawPlan, drawTokens, ended } from '../drawing.ts';
import { readProblemFile, solveProblem, type Solution } from '../problems.ts';
import type { Session } from '../session.ts';
import type { EngineFlags } from '../stages/engine.ts';
import { readRunExperiment } from '../stages/runFolder.ts';
import { chosenBy, type ChoiceFlags } from '../tokenChoice.ts';

export interface SolveFlags extends EngineFlags, ChoiceFlags {
  readonly mode: Mode;
  readonly samples: number;
  readonly maxTokens: number | undefined;
  readonly precision: Precision | undefined;
  readonly seed: number | undefined;
  readonly maxMemory: number;
}

export async function solveFile(
  run: string,
  file: string,
  { flags, session }: { readonly flags: SolveFlags; readonly session: Session },
): Promise<void> {
  const { mode, samples, precision, seed = 1, maxMemory } = flags;
  const choice = chosenBy(flags, { temperature: 0 }, samples);
  const experiment = readRunExperiment(run);
  checkHoldsWeights(run);
  const problems = await readProblemFile(file);
  const checkpoint = chooseCheckpoint(run, experiment);
  const vocabulary = createVocabulary(checkpoint.vocabulary);
  const requests = problems.map((problem, index) => ({
    id: String(index),
    prompt: promptOf(problem, vocabulary, file),
  }));
  // A search may fill the memory, so it is made again where it is drawn.
  const search = { file, maxMemory, session };
  for (const problem of problems) await solveProblem(problem, search);

  const { checkPrecision, startEngine } = await import('../stages/engine.ts');
  const backend = await startEngine(flags, experiment, session);
  checkPrecision(precision, backend, '--precision');
  const { loadModel } = await import('../stages/model.ts');
  const { rollout, dispose } = loadModel(checkpoint, backend, precision);
  const maxTokens = flags.maxTokens ?? experiment.evaluation.maxTokens;
  const drawing = rolloutChoice(choice, vocabulary);
  const options = { prefix: MODE_PREFIX[mode], samples, ...drawing, maxTokens, seed };
  const responses = await rollout(requests, options).finally(dispose);
  for (const [index, problem] of problems.entries()) {
    if (index > 0) await session.print();
    const reference = await solveProblem(problem, search);
    const answers = { responses: responses[index] ?? [], reference };
    await session.write(ended(drawAnswers(problem, answers, { mode, vocabulary })));
  }
}

/** @throws InputError if the model has no words for the problem */
function promptOf(
  { environment, task, firstLine }: DrawnProblem,
  vocabulary: Vocabulary,
  file: string,
): Uint16Array {
  const at = `${file}: line ${firstLine}`;
  if (environment.name !== vocabulary.environment) {
    throw new InputError(
      `${at}: a ${environment.name} problem, but the model was trained on ${vocabulary.environment}`,
    );
  }
  const side = Math.max(task.width, task.height);
  if (side > vocabulary.coordinates) {
    throw new InputError(
      `${at}: ${task.width}×${task.height} cells, but the model knows at most ` +
        `${vocabulary.coordinates} a side`,
    );
  }
  return tokenizerOf(environment.name).prompt(task, vocabulary);
}

function* drawAnswers(
  problem: DrawnProblem,
  {
    responses,
    reference,
  }: { readonly responses: readonly Uint16Array[]; readonly reference: Solution },
  { mode, vocabulary }: { readonly mode: Mode; readonly vocabulary: Vocabulary },
): Generator<string> {
  const { environment, task, firstLine } = problem;
  const optimalLength = reference.cells?.length ?? 0;
  const example = { id: firstLine, optimalLength };
  const samples = responses.map((tokens) => judgeResponse(tokens, { example, task, vocabulary }));
  const best = samples.toSorted(byMerit)[0]!;
  const { reasoning, plan } = parseResponse(best.tokens, vocabulary);
  const count = (outcomes: readonly string[]): number =>
    samples.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const counts =
    samples.length === 1
      ? []
      : [
          `${count(['optimal'])} of ${samples.length} responses optimal, ${count(['solved'])} longer`,
        ];
  // Positions off the board can't be drawn.
  const cells = plan?.flatMap((position) => cellAt(task, position) ?? []) ?? null;
  yield* [
    `${environment.name} ${task.width}×${task.height}, line ${firstLine}`,
    ...besideEachOther([
      {
        title: `model, ${mode}`,
        lines: [
          outcomeText(best),
          `trace of ${best.traceLength} tokens`,
          ...drawPlan(problem, cells),
        ],
      },
      {
        title: 'A*',
        lines: [
          reference.cells === null ? 'no plan' : `plan of ${reference.cells.length} positions`,
          `trace of ${reference.reasoningLength} tokens`,
          ...drawPlan(problem, reference.cells),
        ],
      },
    ]),
    ...counts,
    '',
    `the model's trace: ${TRACE_TEXT[best.trace]}`,
    ...drawTokens(reasoning, vocabulary),
    "A*'s trace",
  ];
  yield* drawPieces(reference.reasoning(), reference.vocabulary);
}

function outcomeText({ outcome, planLength, reason }: SampleRecord): string {
  if (outcome === 'malformed') return `no plan: ${reason}`;
  const length = `plan of ${planLength} positions`;
  return outcome === 'wrong' ? `${length}, wrong: ${reason}` : `${length}, ${outcome}`;
}

const TRACE_TEXT: Readonly<Record<SampleRecord['trace'], string>> = {
  none: 'none',
  legal: 'a legal run of A*',
  consistent: 'parts dropped, the rest true',
  illegal: 'no run of A*',
  unknown: 'not decided',
};
