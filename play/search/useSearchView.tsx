import { useEffect, useRef } from 'preact/hooks';
import type { Desk, View } from '../tab.ts';
import { SearchPanel } from './SearchPanel.tsx';

/** A* on the board. */
export function useSearchView({ search, seed, setSeed, arrivals }: Desk, open: boolean): View {
  const { thought } = search;
  const seen = useRef(-1);
  useEffect(() => {
    if (open && thought !== null) seen.current = arrivals;
  }, [open, thought?.key]);
  return {
    thought,
    // Boards that come as a whole are searched before one's eyes; strokes show where they lead.
    moves: seen.current !== arrivals,
    panel: <SearchPanel state={search} seed={seed} onSeed={setSeed} />,
  };
}
