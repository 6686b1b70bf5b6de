/** A* on the board that is drawn, searched anew whenever that changes. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { createVocabulary } from '../../traces/vocabulary.ts';
import { textOf, type Drawing } from '../board/drawing.ts';
import { thoughtOf, type Thought } from '../thought/thought.ts';
import type { SearchAnswer } from './messages.ts';
import type { Searcher } from './searcher.ts';

export interface SearchState {
  /** Null until there is an answer about this very board. */
  readonly thought: Thought | null;
  readonly answer: SearchAnswer | null;
  readonly problem: string | null;
}

export function useSearch(
  searcher: Searcher,
  drawing: Drawing | null,
  seed: number | null,
): SearchState {
  const asked = useRef('');
  const [held, setHeld] = useState<{ key: string; answer?: SearchAnswer; problem?: string }>();
  const text = drawing === null ? null : textOf(drawing);
  const key = `A* ${seed ?? 'deterministic'}\n${drawing?.environment}\n${text}`;
  useEffect(() => {
    if (drawing === null || text === null || asked.current === key) return;
    asked.current = key;
    const { environment } = drawing;
    searcher.search({ environment, text, seed }).then(
      (answer) => setHeld((before) => (asked.current === key ? { key, answer } : before)),
      (error: Error) => setHeld({ key, problem: error.message }),
    );
  }, [key]);
  const answer = held?.key === key ? (held.answer ?? null) : null;
  const thought = useMemo(() => {
    if (answer === null || drawing === null) return null;
    const vocabulary = createVocabulary(answer.vocabulary);
    const { ids, boxes } = answer;
    return thoughtOf(drawing, { key, ids, vocabulary, boxes, ended: true });
  }, [answer]);
  return { thought, answer, problem: held?.key === key ? (held.problem ?? null) : null };
}
