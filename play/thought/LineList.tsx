import { useEffect, useRef, useState } from 'preact/hooks';
import { isUnjudged } from './judgement.ts';
import { LineWords } from './LineWords.tsx';
import type { Thought } from './thought.ts';

/** Of a row, in pixels, as in the style sheet. */
const ROW = 26;
/** Rows that are there beyond those that are seen. */
const MARGIN = 8;

interface Props {
  readonly thought: Thought;
  /** Lines that are shown on the board; those behind are pale. */
  readonly position: number;
  readonly selected: number | null;
  readonly onSelect: (line: number | null) => void;
}

/** The lines of a thought, of which only those in sight are in the page. */
export function LineList({ thought, position, selected, onSelect }: Props) {
  const { lines, faults } = thought;
  const list = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });
  const focus = selected ?? position - 1;
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const top = Math.max(0, focus) * ROW;
    const { scrollTop, clientHeight } = element;
    if (top < scrollTop) element.scrollTop = top;
    else if (top + ROW > scrollTop + clientHeight) element.scrollTop = top + ROW - clientHeight;
    setView({ top: element.scrollTop, height: clientHeight });
  }, [focus, lines.length]);

  const first = Math.max(0, Math.floor(view.top / ROW) - MARGIN);
  const last = Math.min(lines.length, Math.ceil((view.top + view.height) / ROW) + MARGIN);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    const target =
      step !== undefined
        ? focus + step
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? lines.length - 1
            : null;
    if (event.key === 'Escape') onSelect(null);
    if (target === null || lines.length === 0) return;
    event.preventDefault();
    onSelect(Math.max(0, Math.min(lines.length - 1, target)));
  };
  const rows = [];
  for (let i = first; i < last; i++) {
    const line = lines[i]!;
    const fault = faults.find((one) => one.line === i);
    const { costs } = line;
    const unjudged = fault === undefined && isUnjudged(faults, i);
    rows.push(
      <div
        key={i}
        id={`line-${i}`}
        role="option"
        aria-selected={i === selected}
        aria-setsize={lines.length}
        aria-posinset={i + 1}
        class={[
          'line',
          line.operation ?? 'other',
          i === selected ? 'selected' : '',
          i >= position ? 'ahead' : '',
          i === position - 1 ? 'newest' : '',
          fault === undefined ? '' : 'wrong',
          line.dropped ? 'dropped' : '',
          unjudged ? 'unjudged' : '',
        ].join(' ')}
        style={{ top: `${i * ROW}px` }}
        onClick={() => onSelect(i === selected ? null : i)}
      >
        <span class="number">{i + 1}</span>
        <LineWords thought={thought} line={line} />
        {fault !== undefined && <span class="reason">✕ {fault.reason}</span>}
        {unjudged && (
          <span class="f">
            {isUnjudged(faults, i - 1) ? 'not judged' : 'behind a fault, nothing can be judged'}
          </span>
        )}
        {fault === undefined && !unjudged && costs !== null && (
          <span class="f">f {costs.g + costs.h}</span>
        )}
      </div>,
    );
  }
  return (
    <div
      ref={list}
      class="lines"
      role="listbox"
      tabIndex={0}
      aria-label="Tokens, a clause a line"
      aria-activedescendant={selected === null ? undefined : `line-${selected}`}
      onScroll={({ currentTarget: { scrollTop, clientHeight } }) =>
        setView({ top: scrollTop, height: clientHeight })
      }
      onKeyDown={onKeyDown}
    >
      <div class="all" role="presentation" style={{ height: `${lines.length * ROW}px` }}>
        {rows}
      </div>
    </div>
  );
}
