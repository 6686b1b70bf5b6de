/**
 * Draws a picture of the board. What differs in colour differs in shape too: open cells hold a ring,
 * closed ones a disc, cells whose last clause is dropped are hatched, the plan is a line, a fault a cross.
 */
import { drawGround, NUMBERS_FROM, type Context, type Place, type Style } from './ground.ts';
import type { Palette } from './palette.ts';
import { contentsAt, type Picture } from './picture.ts';

export function drawPicture(context: Context, picture: Picture, { side, palette }: Style): void {
  const { width, height } = picture.drawing;
  context.clearRect(0, 0, width * side, height * side);
  for (let cell = 0; cell < width * height; cell++) {
    const at = { x: (cell % width) * side, y: Math.floor(cell / width) * side, side, palette };
    drawGround(context, picture, { ...at, cell });
  }
  drawPlan(context, picture, { side, palette });
  for (let cell = 0; cell < width * height; cell++) {
    const at = { x: (cell % width) * side, y: Math.floor(cell / width) * side, side, palette };
    drawThings(context, picture, { ...at, cell });
  }
  drawMarks(context, picture, { side, palette });
}

function drawPlan(
  context: Context,
  { painting, drawing }: Picture,
  { side, palette }: Style,
): void {
  const cells = painting?.plan ?? [];
  if (cells.length === 0) return;
  context.strokeStyle = palette.plan;
  context.fillStyle = palette.plan;
  context.lineWidth = Math.max(2, side * 0.12);
  context.lineJoin = context.lineCap = 'round';
  context.beginPath();
  let joined = false;
  for (const cell of cells) {
    if (cell === null) {
      joined = false;
      continue;
    }
    const [x, y] = middle(cell, drawing.width, side);
    if (joined) context.lineTo(x, y);
    else context.moveTo(x, y);
    joined = true;
  }
  context.stroke();
  const last = cells.at(-1);
  if (last === null || last === undefined) return;
  const [x, y] = middle(last, drawing.width, side);
  context.beginPath();
  context.arc(x, y, Math.max(2, side * 0.16), 0, 2 * Math.PI);
  context.fill();
}

function drawThings(context: Context, picture: Picture, place: Place): void {
  const { x, y, side, cell, palette } = place;
  const { dock, box, agent, goal } = contentsAt(picture, cell);
  const [cx, cy] = [x + side / 2 - 0.5, y + side / 2 - 0.5];
  if (dock) {
    context.strokeStyle = palette.dock;
    context.lineWidth = Math.max(1.5, side * 0.06);
    square(context, { cx, cy, side: side * (side >= NUMBERS_FROM ? 0.5 : 0.68) });
    context.stroke();
  }
  if (box) {
    context.fillStyle = palette.box;
    square(context, { cx, cy, side: side * (side >= NUMBERS_FROM ? 0.36 : 0.5) });
    context.fill();
    context.strokeStyle = palette.ink;
    context.lineWidth = Math.max(1, side * 0.04);
    context.stroke();
  }
  const isStart = picture.drawing.cells[cell] === 'S';
  if (isStart || (picture.drawing.environment === 'maze' && goal)) {
    badge(context, isStart ? 'S' : 'G', {
      cx,
      cy,
      side,
      colour: isStart ? palette.agent : palette.goal,
      palette,
    });
  }
  if (agent && !isStart) {
    context.beginPath();
    context.arc(cx, cy, side * 0.22, 0, 2 * Math.PI);
    context.fillStyle = palette.agent;
    context.fill();
    context.strokeStyle = palette.floor;
    context.lineWidth = Math.max(1, side * 0.05);
    context.stroke();
  }
}

function square(context: Context, at: { cx: number; cy: number; side: number }): void {
  const { cx, cy, side } = at;
  context.beginPath();
  context.rect(cx - side / 2, cy - side / 2, side, side);
}

function badge(
  context: Context,
  letter: string,
  at: { cx: number; cy: number; side: number; colour: string; palette: Palette },
): void {
  const { cx, cy, side, colour, palette } = at;
  context.beginPath();
  // Between the costs where there are any.
  const radius = side * (side >= NUMBERS_FROM ? 0.2 : 0.33);
  context.arc(cx, cy, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.fillStyle = palette.floor;
  context.font = `700 ${Math.round(radius * 1.3)}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(letter, cx, cy + side * 0.03);
}

function drawMarks(context: Context, picture: Picture, { side, palette }: Style): void {
  const { painting, selected, cursor, faults, drawing } = picture;
  const frame = (cell: number, colour: string, dash: number[]): void => {
    const [x, y] = middle(cell, drawing.width, side);
    context.strokeStyle = colour;
    const thick = Math.min(4, Math.max(2, side * 0.08));
    context.lineWidth = thick;
    context.setLineDash(dash);
    const inner = side - thick - (side > 8 ? 1 : 0);
    context.strokeRect(x - inner / 2, y - inner / 2, inner, inner);
    context.setLineDash([]);
  };
  const current = painting?.current ?? null;
  if (current !== null) frame(current, palette.ink, []);
  if (selected !== null) frame(selected, palette.cursor, []);
  if (cursor !== null) frame(cursor, palette.cursor, [side * 0.15, side * 0.1]);
  const arm = side * (side >= NUMBERS_FROM ? 0.22 : 0.32);
  context.strokeStyle = palette.fault;
  context.lineWidth = Math.max(2.5, side * 0.12);
  context.beginPath();
  for (const fault of faults) {
    const [x, y] = middle(fault, drawing.width, side);
    for (const sign of [1, -1]) {
      context.moveTo(x - arm, y - sign * arm);
      context.lineTo(x + arm, y + sign * arm);
    }
  }
  context.stroke();
}

function middle(cell: number, width: number, side: number): [number, number] {
  return [((cell % width) + 0.5) * side - 0.5, (Math.floor(cell / width) + 0.5) * side - 0.5];
}
