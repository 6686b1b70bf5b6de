/** The response that is open on the board, as a thought with what it is worth. */
import { useMemo, useRef, useState } from 'preact/hooks';
import { environmentOf } from '../../envs/index.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { createVocabulary } from '../../traces/vocabulary.ts';
import { taskPath, type RolloutTable, type TaskRollouts } from '../../src/pageApi.ts';
import { drawingOfTask, type Drawing } from '../board/drawing.ts';
import type { Desk } from '../tab.ts';
import { judge, type Judgement, type Problem } from '../thought/judgement.ts';
import { readLines } from '../thought/lines.ts';
import { thoughtOf, type Thought } from '../thought/thought.ts';
import { fetchJson } from '../fetchJson.ts';
import type { RolloutRow } from './rollouts.ts';

export interface OpenedRollout {
  /** Of its table; null if none is open, or the board was changed since. */
  readonly row: RolloutRow | null;
  readonly thought: Thought | null;
  readonly judgement: Judgement | null;
  /** Tokens that were not the model's own; null if all were. */
  readonly forced: number | null;
  readonly problem: string | null;
  readonly open: (row: RolloutRow) => void;
}

export interface Place {
  readonly run: string;
  readonly evaluation: string;
  readonly table: RolloutTable | null;
}

interface Opened {
  readonly path: string;
  readonly row: RolloutRow;
  readonly drawing: Drawing;
  readonly problem: Problem;
  readonly ids: Uint16Array;
  readonly forced: number | null;
}

/** @param place of the evaluation and its responses, null if none is chosen */
export function useOpenedRollout(
  { drawing, replace }: Pick<Desk, 'drawing' | 'replace'>,
  place: Place | null,
): OpenedRollout {
  const [held, setHeld] = useState<Opened | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const latest = useRef('');
  const fetched = useRef<{ path: string; task: TaskRollouts } | null>(null);
  const prefix = place && `/${place.run}/${place.evaluation}/`;
  const open = async (row: RolloutRow): Promise<void> => {
    const { run, evaluation, table } = place!;
    const path = taskPath(run, evaluation, row.task);
    const request = `${path} ${row.key}`;
    latest.current = request;
    try {
      // Samples of one task come together, and of a site all with their table.
      const here = table?.rollouts?.[table.ids.indexOf(row.task)];
      const known = fetched.current?.path === path ? fetched.current.task : here;
      const task = known ?? (await fetchJson<TaskRollouts>(path));
      fetched.current = { path, task };
      if (latest.current !== request) return;
      const opened = { path, row, ...read(task, row) };
      setHeld(opened);
      setProblem(null);
      replace(opened.drawing);
    } catch (error) {
      if (latest.current === request) setProblem((error as Error).message);
    }
  };
  const own =
    held?.drawing === drawing && prefix !== null && held.path.includes(prefix) ? held : null;
  const shown = useMemo(() => {
    if (own === null) return null;
    const { ids, problem, row } = own;
    const { task, vocabulary } = problem;
    const judgement = judge(ids, readLines(ids, vocabulary, task), problem);
    const key = `rollout ${own.path} ${row.sample}`;
    const { faults } = judgement;
    const thought = thoughtOf(task, { key, ids, vocabulary, ended: true, faults });
    return { thought, judgement };
  }, [own]);
  return {
    row: own?.row ?? null,
    thought: shown?.thought ?? null,
    judgement: shown?.judgement ?? null,
    forced: own?.forced ?? null,
    problem,
    open: (row) => void open(row),
  };
}

/** @throws InputError if the prompt is none of its vocabulary */
function read(
  held: TaskRollouts,
  { sample }: RolloutRow,
): Pick<Opened, 'drawing' | 'problem' | 'ids' | 'forced'> {
  const { prompt, optimalLength, forced, tokens } = held;
  const vocabulary = createVocabulary(held.vocabulary);
  const { environment } = vocabulary;
  const task = tokenizerOf(environment).readPrompt(prompt, vocabulary, held);
  return {
    drawing: drawingOfTask(environmentOf(environment), task),
    problem: { task, vocabulary, optimalLength },
    ids: Uint16Array.from(tokens[sample] ?? []),
    forced,
  };
}
