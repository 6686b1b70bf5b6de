import { useEffect, useRef, useState } from 'preact/hooks';
import type { RolloutRow } from './rollouts.ts';

/** Rows of a page. */
const PAGE = 50;

interface Props {
  readonly rows: readonly RolloutRow[];
  /** Responses per task. */
  readonly samples: number;
  /** The row that is open on the board. */
  readonly opened: string | null;
  readonly onOpen: (row: RolloutRow) => void;
}

/** Responses, a page at a time; arrow keys open one after the other, over the ends of pages too. */
export function RolloutList({ rows, samples, opened, onOpen }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const at = rows.findIndex(({ key }) => key === opened);
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  // Another choice of rows begins at its first page, or at that of the row that is open.
  useEffect(() => setPage(Math.floor(Math.max(0, at) / PAGE)), [rows, at]);
  const shown = Math.min(page, pages - 1);
  const first = shown * PAGE;
  useEffect(() => {
    const box = list.current;
    const row = box?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (box == null) return;
    if (row == null) box.scrollTop = 0;
    else if (row.offsetTop < box.scrollTop) box.scrollTop = row.offsetTop;
    else {
      const beyond = row.offsetTop + row.offsetHeight - box.clientHeight;
      if (beyond > box.scrollTop) box.scrollTop = beyond;
    }
  }, [opened, shown, rows]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const begin = at < 0 ? first - 1 : at;
    const target = {
      ArrowDown: begin + 1,
      ArrowUp: Math.max(0, at < 0 ? first : at - 1),
      PageDown: begin + 10,
      PageUp: Math.max(0, begin - 10),
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (target === undefined || rows.length === 0) return;
    event.preventDefault();
    onOpen(rows[Math.min(rows.length - 1, target)]!);
  };
  return (
    <div class="rollouts">
      <div class="rollout head" aria-hidden="true">
        <span>task</span>
        <span>plan</span>
        <span>trace</span>
        <span class="count">tokens</span>
        <span class="count">A*'s</span>
      </div>
      <div
        ref={list}
        class="all"
        role="listbox"
        tabIndex={0}
        aria-label="Responses; each opens on the board"
        aria-activedescendant={at >= first && at < first + PAGE ? `rollout-${at}` : undefined}
        onKeyDown={onKeyDown}
      >
        {rows.slice(first, first + PAGE).map((row, i) => (
          <Row
            key={row.key}
            {...{ row, samples }}
            place={first + i}
            count={rows.length}
            chosen={row.key === opened}
            onOpen={() => onOpen(row)}
          />
        ))}
      </div>
      {pages > 1 && (
        <div class="pages" role="group" aria-label="Pages">
          <button type="button" disabled={shown === 0} onClick={() => setPage(shown - 1)}>
            Page back
          </button>
          <span>
            {first + 1}–{Math.min(rows.length, first + PAGE)} of {rows.length.toLocaleString('en')}
          </span>
          <button type="button" disabled={shown === pages - 1} onClick={() => setPage(shown + 1)}>
            Page on
          </button>
        </div>
      )}
    </div>
  );
}

interface RowProps {
  readonly row: RolloutRow;
  readonly samples: number;
  readonly place: number;
  readonly count: number;
  readonly chosen: boolean;
  readonly onOpen: () => void;
}

function Row({ row, samples, place, count, chosen, onOpen }: RowProps) {
  const { outcome, trace, traceLength, searchLength, task, sample } = row;
  return (
    <div
      id={`rollout-${place}`}
      class={chosen ? 'rollout selected' : 'rollout'}
      role="option"
      aria-selected={chosen}
      aria-setsize={count}
      aria-posinset={place + 1}
      onClick={onOpen}
    >
      <span class="number">
        {task}
        {samples > 1 && <small> · {sample + 1}</small>}
      </span>
      <span class={`worth ${outcome}`}>{planText(row)}</span>
      <span class={trace === 'illegal' ? 'bad' : 'soft'}>{trace === 'none' ? '–' : trace}</span>
      <span class="count">{traceLength}</span>
      <span class="count soft">{searchLength}</span>
    </div>
  );
}

function planText({ outcome, planLength, excess, reason }: RolloutRow): string {
  if (outcome === 'optimal') return `✓ optimal, ${planLength}`;
  if (outcome === 'solved') return `✓ +${excess}, ${planLength}`;
  return `✕ ${reason ?? outcome}`;
}
