import { useState } from 'preact/hooks';
import { MODES } from '../../traces/modes.ts';
import { answersTo } from '../model/answersTo.ts';
import { askedWith } from '../model/sampling.ts';
import type { Desk, View } from '../tab.ts';
import { useResponse } from '../useResponse.ts';
import { ComparePanel } from './ComparePanel.tsx';
import { modelContender, searchContender, type Contender, type Who } from './contender.ts';

/** A* and a model in its three modes on one board. */
export function useCompareView(desk: Desk): View {
  const { model, drawing, task, sampling, search, optimal } = desk;
  /** Null follows whoever answers. */
  const [chosen, setChosen] = useState<Who | null>(null);
  const answers = answersTo(desk, 'compare');
  const contenders: readonly Contender[] = [
    searchContender(search),
    ...MODES.map((mode, i) => {
      const answer = answers[i] ?? null;
      // As many, and in the same order, each time.
      const response = useResponse(answer, { optimal, chosen: null });
      return modelContender(mode, answer, { response, optimal });
    }),
  ];
  const latest = contenders.findLast(({ thought }) => thought !== null);
  const shown = contenders.find(({ who, thought }) => who === chosen && thought !== null) ?? latest;
  const onAsk = (): void => {
    if (task === null || model.run === null) return;
    const { maxTokens } = model.run;
    setChosen(null);
    model.ask(
      'compare',
      { drawing, task },
      MODES.map((mode) => askedWith(mode, sampling, maxTokens)),
    );
  };
  const panel = (
    <ComparePanel
      {...{ desk, answers, contenders, onAsk }}
      chosen={shown?.who ?? null}
      onChoose={setChosen}
    />
  );
  return { thought: shown?.thought ?? null, moves: false, panel };
}
