import { useEffect, useRef, useState } from 'preact/hooks';
import { describeCell, type Picture } from './picture.ts';
import { useCanvas } from './useCanvas.ts';

interface Props {
  readonly picture: Picture;
  /** Whether dragging draws; else it scrolls the page, as it does elsewhere on a phone. */
  readonly draws: boolean;
  readonly onCell: (cell: number, phase: 'press' | 'drag') => void;
  readonly onCursor: (cell: number | null) => void;
  /** Told of arrow keys before they move the cursor. @returns whether they are taken */
  readonly onArrow: (dx: number, dy: number) => boolean;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** The board as a picture that mouse, touch and keyboard work on. */
export function BoardView({ picture, draws, onCell, onCursor, onArrow }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const pressed = useRef<number | null>(null);
  const room = useRoom(frame);
  const { width, height } = picture.drawing;
  const side = Math.max(3, Math.floor(Math.min(room.width / width, room.height / height, 104)));

  const canvas = useCanvas(picture, side);
  const cellOf = (event: PointerEvent): number | null => {
    const box = canvas.current!.getBoundingClientRect();
    const x = Math.floor((event.clientX - box.left) / side);
    const y = Math.floor((event.clientY - box.top) / side);
    return x >= 0 && y >= 0 && x < width && y < height ? x + y * width : null;
  };
  const onPointerDown = (event: PointerEvent): void => {
    const cell = cellOf(event);
    if (cell === null || event.button !== 0) return;
    pressed.current = cell;
    if (draws) canvas.current!.setPointerCapture(event.pointerId);
    onCell(cell, 'press');
  };
  const onPointerMove = (event: PointerEvent): void => {
    const cell = cellOf(event);
    if (pressed.current === null || cell === null || cell === pressed.current) return;
    pressed.current = cell;
    onCell(cell, 'drag');
  };
  const release = (): void => {
    pressed.current = null;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = ARROWS[event.key];
    const { cursor } = picture;
    if (arrow !== undefined) {
      event.preventDefault();
      const [dx, dy] = arrow;
      if (onArrow(dx, dy)) return;
      const [x, y] = cursor === null ? [0, 0] : [cursor % width, Math.floor(cursor / width)];
      const next = (at: number, by: number, most: number) =>
        Math.max(0, Math.min(most - 1, at + by));
      onCursor(cursor === null ? 0 : next(x, dx, width) + next(y, dy, height) * width);
    } else if ((event.key === ' ' || event.key === 'Enter') && cursor !== null) {
      event.preventDefault();
      onCell(cursor, 'press');
    }
  };
  const told = picture.cursor ?? picture.selected;
  return (
    <div class="frame" ref={frame}>
      <div
        class="board"
        role="application"
        tabIndex={0}
        aria-label={`Board of ${width} by ${height} cells; arrow keys move, space acts`}
        aria-describedby="cell"
        onKeyDown={onKeyDown}
        onBlur={() => onCursor(null)}
      >
        <canvas
          ref={canvas}
          class={draws ? 'draws' : ''}
          style={{ width: `${width * side}px`, height: `${height * side}px` }}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={release}
          onPointerCancel={release}
        />
      </div>
      <p id="cell" class="told" aria-live="polite">
        {told === null ? '\u00a0' : describeCell(picture, told)}
      </p>
    </div>
  );
}

/** What there is for the board: the width of its frame, and most of the window's height. */
function useRoom(frame: { readonly current: HTMLElement | null }) {
  const [room, setRoom] = useState({ width: 300, height: 300 });
  useEffect(() => {
    const measure = (): void => {
      const width = frame.current?.clientWidth ?? 300;
      setRoom({ width, height: Math.max(260, innerHeight * 0.72) });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current!);
    addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      removeEventListener('resize', measure);
    };
  }, []);
  return room;
}
