/**
 * Rounds of self-improvement: the latest model answers training tasks, some of its responses are
 * selected, and a model is trained on them. What a round does is in the method's settings; how, in
 * the phases, each of which knows what it has finished before, so that rounds resume.
 */
import type { Examples } from '../data/examples.ts';
import type { EvaluationRecord } from '../evaluation/records.ts';
import type { Method } from './methods.ts';
import { selectData, type Selection } from './selection.ts';

export interface Improvement<Model> {
  readonly method: Method;
  /** Of which there are to be so many in all. */
  readonly rounds: number;
  readonly first: Model;
  /** The training tasks that are asked, with A*'s answers: what is stored before the first round. */
  readonly tasks: () => Examples;
}

/** Of a round, counted from 1. */
export interface Phases<Model> {
  /** What an earlier process selected, or null. */
  readonly selected: (round: number) => (() => Examples) | null;
  /** Responses to all tasks, one record each, in any order. */
  readonly respond: (
    round: number,
    asked: { readonly model: Model; readonly tasks: Examples },
  ) => Promise<Iterable<EvaluationRecord>>;
  readonly keep: (round: number, selection: Selection) => void;
  readonly train: (
    round: number,
    from: { readonly start: Model; readonly data: () => Examples },
  ) => Promise<Model>;
  readonly evaluate: (round: number, model: Model) => Promise<void>;
}

/** @returns the last model */
export async function improve<Model>(
  { method, rounds, first, tasks }: Improvement<Model>,
  phases: Phases<Model>,
): Promise<Model> {
  let model = first;
  let stored = tasks;
  for (let round = 1; round <= rounds; round++) {
    let data = phases.selected(round);
    if (data === null) {
      const asked = tasks();
      const records = await phases.respond(round, { model, tasks: asked });
      const held = stored === tasks ? asked : stored();
      const selection = selectData({ method, tasks: asked, stored: held, records });
      phases.keep(round, selection);
      data = () => selection.examples;
    }
    const start = method.start === 'first' ? first : model;
    model = await phases.train(round, { start, data });
    await phases.evaluate(round, model);
    if (method.data !== 'keep') stored = data;
  }
  return model;
}
