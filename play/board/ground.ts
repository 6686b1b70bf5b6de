/** Draws the ground of a cell: what it is, what was said of it last, and whether that is dropped. */
import { CLOSED, OPEN } from '../thought/painting.ts';
import type { Palette } from './palette.ts';
import { contentsAt, type Picture } from './picture.ts';

export type Context = CanvasRenderingContext2D;

/** Cells whose side is as long as this many pixels hold their costs. */
export const NUMBERS_FROM = 44;

export interface Style {
  /** Of a cell, in pixels of the context. */
  readonly side: number;
  readonly palette: Palette;
}

export interface Place extends Style {
  readonly x: number;
  readonly y: number;
  readonly cell: number;
}

export function drawGround(
  context: Context,
  picture: Picture,
  { x, y, side, cell, palette }: Place,
): void {
  const { painting } = picture;
  const status = painting?.status[cell] ?? 0;
  const { wall } = contentsAt(picture, cell);
  const gap = side > 8 ? 1 : 0;
  const said = status === CLOSED ? palette.closed : status === OPEN ? palette.open : null;
  context.fillStyle = wall ? palette.wall : (said ?? palette.floor);
  context.fillRect(x, y, side - gap, side - gap);
  if (painting?.dropped[cell] === 1) hatch(context, { x, y, side: side - gap, palette });
  if (painting === null || said === null) return;
  if (wall) {
    // Only who is wrong says something of a wall.
    context.fillStyle = said;
    context.fillRect(x + side * 0.25, y + side * 0.25, side * 0.5, side * 0.5);
    return;
  }
  const [g, h] = [painting.g[cell]!, painting.h[cell]!];
  context.fillStyle = status === OPEN ? palette.openInk : palette.closedInk;
  if (side >= NUMBERS_FROM && g >= 0) {
    context.textBaseline = 'alphabetic';
    context.font = `600 ${Math.round(side * 0.19)}px system-ui, sans-serif`;
    context.textAlign = 'left';
    context.fillText(String(g), x + side * 0.09, y + side * 0.24);
    context.textAlign = 'right';
    context.fillText(String(h), x + side * 0.88, y + side * 0.24);
    context.textAlign = 'left';
    context.fillText(String(g + h), x + side * 0.09, y + side * 0.92);
  }
  const large = side >= NUMBERS_FROM;
  const [cx, cy, radius] = large
    ? [x + side * 0.85, y + side * 0.85, side * 0.065]
    : [x + side / 2, y + side / 2, side * 0.16];
  context.beginPath();
  context.arc(cx, cy, radius, 0, 2 * Math.PI);
  context.strokeStyle = context.fillStyle;
  context.lineWidth = Math.max(1, side * 0.045);
  if (status === OPEN) context.stroke();
  else context.fill();
}

function hatch(context: Context, { x, y, side, palette }: Omit<Place, 'cell'>): void {
  context.strokeStyle = palette.soft;
  // Costs stay readable over it.
  context.globalAlpha = side >= NUMBERS_FROM ? 0.5 : 0.85;
  context.lineWidth = Math.max(0.75, side * 0.02);
  context.beginPath();
  const step = Math.max(3, side / 6);
  for (let sum = step / 2; sum < 2 * side; sum += step) {
    const [near, far] = [Math.max(0, sum - side), Math.min(side, sum)];
    context.moveTo(x + near, y + far);
    context.lineTo(x + far, y + near);
  }
  context.stroke();
  context.globalAlpha = 1;
}
