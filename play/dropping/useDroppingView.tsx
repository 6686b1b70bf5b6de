import { useMemo, useState } from 'preact/hooks';
import { dropStrategy } from '../../traces/drop.ts';
import type { Desk, View } from '../tab.ts';
import { traceTokens, type Thought } from '../thought/thought.ts';
import { DroppingPanel } from './DroppingPanel.tsx';
import { keptTokens, leftOf, levelOf, linesLeft } from './dropped.ts';

/** The search of A* as training would show it to a model. */
export function useDroppingView({ search, drawing }: Desk, open: boolean): View {
  const [{ level, seed }, setDraw] = useState({ level: 1, seed: 1 });
  const { environment } = drawing;
  const strategy = useMemo(() => dropStrategy('dualformer', environment), [environment]);
  const whole = search.thought;
  const thought = useMemo((): Thought | null => {
    if (whole === null || !open) return null;
    const reasoning = whole.ids.subarray(0, traceTokens(whole));
    const left = leftOf(reasoning, whole.vocabulary, { strategy, seed, level });
    const kept = keptTokens(reasoning, left);
    // Of the search alone, so that levels can be compared at one line.
    const key = `dropping, ${whole.key}`;
    return { ...whole, key, kept, lines: linesLeft(whole.lines, kept) };
  }, [whole, open, strategy, seed, level]);
  const panel = (
    <DroppingPanel
      {...{ strategy, level, seed, environment, search, thought }}
      onLevel={(level) => setDraw({ level, seed })}
      onAgain={() => setDraw({ level, seed: seed + 1 })}
      onDraw={() => setDraw({ level: levelOf({ strategy, seed: seed + 1 }), seed: seed + 1 })}
    />
  );
  return { thought, moves: false, panel };
}
