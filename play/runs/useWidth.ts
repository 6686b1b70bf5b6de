/** How wide an element is, in pixels, as that changes. */
import { useEffect, useState } from 'preact/hooks';

export function useWidth(element: { readonly current: HTMLElement | null }, usual: number): number {
  const [width, setWidth] = useState(usual);
  useEffect(() => {
    const measure = (): void => setWidth(Math.max(200, element.current?.clientWidth ?? usual));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}
