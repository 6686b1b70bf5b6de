import type { Picture } from './picture.ts';
import { useCanvas } from './useCanvas.ts';

/** Of the longer side, in pixels. */
const SIDE = 128;

/** A picture to glance at; whoever can't see it needs words beside it. */
export function SmallBoard({ picture }: { picture: Picture }) {
  const { width, height } = picture.drawing;
  const side = Math.max(1, Math.floor(SIDE / Math.max(width, height)));
  const canvas = useCanvas(picture, side);
  return (
    <canvas ref={canvas} class="small" aria-hidden="true" style={{ width: `${width * side}px` }} />
  );
}
