import { useState } from 'preact/hooks';
import { tokenizerOf } from '../../traces/index.ts';
import type { Drawing, EnvironmentName } from '../board/drawing.ts';
import { usualSettings } from '../board/NewBoard.tsx';
import type { Desk, View } from '../tab.ts';
import { useResponse, type Question } from '../useResponse.ts';
import { fitOf } from './fit.ts';
import { ModelPanel, type Asked } from './ModelPanel.tsx';

/** A model's responses to the board. */
export function useModelView({ drawing, task, model: state, ...desk }: Desk): View {
  const [question, setQuestion] = useState<(Question & { drawing: Drawing }) | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const { optimal } = desk;
  // An answer about another board than the one that is drawn is shown no more.
  const asked = question?.drawing === drawing ? question : null;
  const response = useResponse(state.answer, asked, { optimal, chosen });
  const fit =
    state.model === null || state.run === null || task === null
      ? null
      : fitOf({ ...task, environment: drawing.environment }, state.model.words, state.run);
  const plan = (how: Asked): void => {
    const vocabulary = state.model!.words;
    const prompt = tokenizerOf(drawing.environment).prompt(task!, vocabulary);
    const ticket = state.plan({ ...how, prompt });
    setChosen(null);
    setQuestion({ ticket, task: task!, vocabulary, drawing });
  };
  const fittingBoard = (): void => {
    const { environment, width, height } = state.run!;
    const kind = environment as EnvironmentName;
    void desk.generate({ ...usualSettings(kind), width, height, seed: desk.settings.seed });
  };
  const panel = (
    <ModelPanel
      state={state}
      fit={fit}
      optimal={optimal}
      judgements={response.judgements}
      sample={response.sample}
      onSample={setChosen}
      onPlan={plan}
      onFittingBoard={fit?.fits === false || fit?.remark != null ? fittingBoard : null}
    />
  );
  return { thought: response.thought, moves: true, panel };
}
