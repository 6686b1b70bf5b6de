/** The board, which links replace while the page is open. */
import { useEffect, useState } from 'preact/hooks';
import { useBoard, type BoardState } from './board/useBoard.ts';
import { firstBoard } from './firstBoard.ts';

export function useLinkedBoard(): BoardState {
  const [first] = useState(() => firstBoard(location.hash));
  const board = useBoard(first.drawing);
  const [linkProblem, setLinkProblem] = useState(first.problem);
  const replace: BoardState['replace'] = (next) => {
    board.replace(next);
    setLinkProblem(null);
  };
  useEffect(() => {
    const onHash = (): void => {
      const linked = firstBoard(location.hash);
      if (linked.problem === null) replace(linked.drawing);
      else setLinkProblem(linked.problem);
    };
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  });
  return { ...board, replace, problem: board.problem ?? linkProblem };
}
