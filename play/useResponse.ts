/** The chosen sample of what a model answered, as a thought, with what all samples are worth. */
import { useMemo, useRef } from 'preact/hooks';
import { byMerit } from '../src/evaluation/best.ts';
import type { Answer } from './model/useModel.ts';
import { faultsSoFar, judge, type Judgement, type Problem } from './thought/judgement.ts';
import { readLines } from './thought/lines.ts';
import { thoughtOf, type Thought } from './thought/thought.ts';

export interface ShownResponse {
  readonly thought: Thought | null;
  readonly judgements: readonly Judgement[];
  /** Which sample it is. */
  readonly sample: number;
}

/** @param chosen sample; the best unless given */
export function useResponse(
  answer: Answer | null,
  { optimal, chosen }: { readonly optimal: number | null; readonly chosen: number | null },
): ShownResponse {
  const problem = useMemo(
    (): Problem | null => answer && { ...answer.question, optimalLength: optimal },
    [answer?.question, optimal],
  );
  const judgements = useMemo(() => {
    if (answer?.ended !== 'done' || problem === null) return [];
    return answer.samples.map((ids) => {
      const whole = Uint16Array.from(ids);
      return judge(whole, readLines(whole, problem.vocabulary, problem.task), problem);
    });
  }, [answer, problem]);
  const best = useMemo(() => {
    const [first] = judgements.map(({ record }) => record).sort(byMerit);
    return Math.max(
      0,
      judgements.findIndex(({ record }) => record === first),
    );
  }, [judgements]);
  const sample = chosen ?? best;
  const faults = useRef<Thought['faults']>([]);
  const thought = useMemo(() => {
    if (answer === null || problem === null) return null;
    const ids = Uint16Array.from(answer.samples[sample] ?? []);
    const ended = answer.ended !== 'no';
    faults.current = judgements[sample]?.faults ?? faultsSoFar(ids, problem);
    const { task, vocabulary } = problem;
    const key = `response ${answer.ticket}, ${sample}`;
    return thoughtOf(task, { key, ids, vocabulary, ended, faults: faults.current });
  }, [answer, problem, judgements, sample]);
  return { thought, judgements, sample };
}
