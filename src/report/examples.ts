/** Some tasks drawn with what each mode or model answered, as text and as a picture. */
import { type Board, type Position, positionOf } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import { astar } from '../../solvers/astar.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { parseResponse } from '../../traces/parse.ts';
import { createVocabulary, type Vocabulary } from '../../traces/vocabulary.ts';
import { isCorrect } from '../evaluation/correct.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import { traceLengthOf } from '../evaluation/reference.ts';
import type { EvaluationRecord, SampleRecord } from '../evaluation/records.ts';
import { type BoardDrawing, drawBoards, traceCells } from './drawing.ts';
import { COLOURS } from './figure.ts';

/** A model in some mode, with its answers to all tasks. */
export interface Answerer {
  readonly title: string;
  readonly colour: string;
  readonly evaluation: Evaluation;
}

interface Answer extends Pick<Answerer, 'title' | 'colour'> {
  readonly sample: SampleRecord;
  readonly plan: readonly Position[];
  readonly reasoning: ArrayLike<number>;
}

export interface Example {
  readonly record: EvaluationRecord;
  readonly task: Board;
  readonly vocabulary: Vocabulary;
  readonly answers: readonly Answer[];
}

/**
 * The first `count` of the tasks that the most modes solve (all of them, if there are any such),
 * then the first task that some mode fails. Of several responses the first correct one is shown.
 */
export function chooseExamples(evaluations: readonly Evaluation[], count: number): Example[] {
  const columns = evaluations.filter(
    ({ settings }, index) =>
      evaluations.findIndex((other) => other.settings.mode === settings.mode) === index,
  );
  const rows = recordsByTask(columns).map((records) => ({
    records,
    solved: records.filter((record) => isCorrect(bestSample(record))).length,
  }));
  const solved = rows
    .filter((row) => row.solved > 0)
    .sort((a, b) => b.solved - a.solved)
    .slice(0, count);
  const failed = rows.find((row) => row.solved < columns.length && !solved.includes(row));
  const chosen = failed === undefined || count === 0 ? solved : [...solved, failed];
  const answerers = columns.map((evaluation): Answerer => {
    const { mode } = evaluation.settings;
    return { title: mode, colour: COLOURS[mode], evaluation };
  });
  return chosen.map(({ records }) => readExample(records, answerers));
}

/** The answers side by side: the lengths, then the board with the path. */
export function exampleText({ record, task, vocabulary, answers }: Example): string {
  const environment = environmentOf(vocabulary.environment);
  const blocks = answers.map(({ title, sample, plan }) => [
    title,
    ...captionOf(sample),
    '',
    ...environment.render(task, plan).split('\n'),
  ]);
  const { optimalLength, aStarTraceLength } = record;
  return (
    `shortest plan ${optimalLength} positions, A* trace ${aStarTraceLength} tokens\n\n` +
    sideBySide(blocks, 76)
  );
}

/** One row of boards a task: A* and each answer, the cells of the trace tinted. */
export function examplesPicture(title: string, examples: readonly Example[]): string {
  return drawBoards(
    title,
    examples.map(({ task, vocabulary, answers }) => [
      drawSearch(task, vocabulary),
      ...answers.map(({ title, colour, sample, plan, reasoning }) => ({
        task,
        plan,
        trace: traceCells(reasoning, vocabulary, task),
        colour,
        caption: [title, ...captionOf(sample)],
      })),
    ]),
  );
}

/** A board with deterministic A*'s trace and plan. */
export function drawSearch(task: Board, vocabulary: Vocabulary): BoardDrawing {
  const problem = environmentOf(vocabulary.environment).searchProblem(task);
  const { log, plan } = astar(problem);
  const agents = (states: ArrayLike<number>) => Array.from(states, (state) => problem.agent(state));
  const length = traceLengthOf(vocabulary.environment, task, { problem, log });
  return {
    task,
    plan: agents(plan ?? []).map((cell) => positionOf(cell, task.width)),
    trace: agents(log.states.subarray(0, log.length)),
    colour: COLOURS.aStar,
    caption: ['A*', plan === null ? 'no plan' : `plan ${plan.length}`, `trace ${length}`],
  };
}

/** The records of each task that every evaluation holds; the ids of other data sets may be equal. */
export function recordsByTask(columns: readonly Evaluation[]): EvaluationRecord[][] {
  const [first, ...others] = columns.map(
    ({ records }) => new Map(records.map((record) => [record.id, record])),
  );
  return [...(first?.values() ?? [])].flatMap((record) => {
    const rest = others
      .flatMap((byId) => byId.get(record.id) ?? [])
      .filter(({ prompt }) => prompt.join() === record.prompt.join());
    return rest.length === others.length ? [[record, ...rest]] : [];
  });
}

/** @param records of one task, one for each answerer */
export function readExample(
  records: readonly EvaluationRecord[],
  answerers: readonly Answerer[],
): Example {
  const [record] = records as [EvaluationRecord];
  const vocabulary = createVocabulary(answerers[0]!.evaluation.settings.vocabulary);
  const task = tokenizerOf(vocabulary.environment).readPrompt(record.prompt, vocabulary, record);
  const answers = answerers.map(({ title, colour }, index): Answer => {
    const sample = bestSample(records[index] as EvaluationRecord);
    const { plan, reasoning } = parseResponse(sample.tokens, vocabulary);
    return { title, colour, sample, plan: plan ?? [], reasoning };
  });
  return { record, task, vocabulary, answers };
}

/** The first correct response, else the first. */
export function bestSample({ samples }: EvaluationRecord): SampleRecord {
  return samples.find(isCorrect) ?? (samples[0] as SampleRecord);
}

function captionOf({ outcome, planLength, traceLength }: SampleRecord): string[] {
  const plan = {
    optimal: `plan ${planLength}`,
    solved: `plan ${planLength}, too long`,
    wrong: 'wrong plan',
    malformed: 'malformed plan',
  }[outcome];
  return [plan, traceLength === 0 ? 'no trace' : `trace ${traceLength}`];
}

/** Blocks of lines as columns, two blanks apart at least; broken where `width` is exceeded. */
function sideBySide(blocks: readonly (readonly string[])[], width: number): string {
  const column = 3 + Math.max(0, ...blocks.flat().map((line) => [...line].length));
  const perRow = Math.max(1, Math.floor((width + 3) / column));
  const rows: string[] = [];
  for (let from = 0; from < blocks.length; from += perRow) {
    const row = blocks.slice(from, from + perRow);
    const depth = Math.max(...row.map((block) => block.length));
    const lines = Array.from({ length: depth }, (_, line) =>
      row
        .map((block) => block[line] ?? '')
        .map((text) => text + ' '.repeat(column - [...text].length))
        .join('')
        .trimEnd(),
    );
    rows.push(lines.join('\n'));
  }
  return rows.join('\n\n');
}
