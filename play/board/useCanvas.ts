/** A canvas that shows a picture, drawn again whenever that, its size or the theme changes. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { drawPicture } from './canvas.ts';
import { paletteOf } from './palette.ts';
import type { Picture } from './picture.ts';

/** @param side of a cell, in pixels of the page */
export function useCanvas(picture: Picture, side: number): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const { width, height } = picture.drawing;
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element == null || context == null) return;
    const ratio = devicePixelRatio;
    const [wide, high] = [Math.round(width * side * ratio), Math.round(height * side * ratio)];
    // Setting a size clears the canvas, even if it is the same.
    if (element.width !== wide) element.width = wide;
    if (element.height !== high) element.height = high;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawPicture(context, picture, { side, palette: paletteOf(element) });
  }, [picture, side, theme, width, height]);
  return canvas;
}

/** Changes with the theme, which a canvas does not follow by itself. */
function useTheme(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const onChange = (): void => setDark(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);
  return dark;
}
