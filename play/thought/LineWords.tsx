import { lineText, type Line } from './lines.ts';
import type { Thought } from './thought.ts';

/** The tokens of a line, those struck out that are dropped. */
export function LineWords({ thought, line }: { thought: Thought; line: Line }) {
  const { ids, vocabulary, kept } = thought;
  const { begin, end, dropped } = line;
  const [operation, ...others] = lineText(line, ids, vocabulary).split(' ');
  if (dropped) {
    return (
      <>
        <Spoken words="dropped:" />
        <del class="operation">{operation}</del>
        <del class="rest">{others.join(' ')}</del>
      </>
    );
  }
  // Of what is not dropped as a whole, costs are, behind all else.
  const from = kept?.subarray(begin, end).indexOf(0) ?? -1;
  const left = from < 0 ? others.length : from - 1;
  return (
    <>
      <span class="operation">{operation}</span>
      <span class="rest">
        {others.slice(0, left).join(' ')}
        {left < others.length && (
          <>
            {' '}
            <Spoken words="dropped:" />
            <del>{others.slice(left).join(' ')}</del>
          </>
        )}
      </span>
    </>
  );
}

/** Of an option in a list, screen readers say the words alone, not that they are struck out. */
function Spoken({ words }: { words: string }) {
  return <span class="hidden">{words} </span>;
}
