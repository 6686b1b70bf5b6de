import { useState } from 'preact/hooks';
import type { Mode } from '../../traces/modes.ts';
import type { Desk, View } from '../tab.ts';
import { answersTo } from './answersTo.ts';
import { ModelPanel } from './ModelPanel.tsx';
import { askedWith } from './sampling.ts';
import { useResponse } from '../useResponse.ts';

/** A model's response to the board. */
export function useModelView(desk: Desk): View {
  const { model, drawing, task, sampling, optimal } = desk;
  const [mode, setMode] = useState<Mode>('slow');
  const [chosen, setChosen] = useState<number | null>(null);
  const [answer = null] = answersTo(desk, 'model');
  const { thought, judgements, sample } = useResponse(answer, { optimal, chosen });
  const onAsk = (): void => {
    if (task === null || model.run === null) return;
    setChosen(null);
    model.ask('model', { drawing, task }, [askedWith(mode, sampling, model.run.maxTokens)]);
  };
  const panel = (
    <ModelPanel
      {...{ desk, answer, mode, onAsk, judgements, sample }}
      onMode={setMode}
      onSample={setChosen}
    />
  );
  return { thought, moves: true, panel };
}
