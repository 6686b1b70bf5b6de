/** Work that is done again and again while somebody looks. */
import { useEffect, useRef } from 'preact/hooks';

export interface Polling {
  /** Null as long as nothing is wanted; another one begins at once. */
  readonly key: string | null;
  /** Between the end of one call and the next; null calls once. */
  readonly seconds: number | null;
  /** Must not reject. */
  readonly work: () => Promise<void>;
}

/** A page that nobody sees asks for nothing, and asks at once when it is seen again. */
export function usePolling({ key, seconds, work }: Polling): void {
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => {
    if (key === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let [busy, ended, done] = [false, false, false];
    const turn = async (): Promise<void> => {
      if (busy || document.visibilityState === 'hidden' || (done && seconds === null)) return;
      clearTimeout(timer);
      busy = true;
      await latest.current();
      [busy, done] = [false, true];
      if (!ended && seconds !== null) timer = setTimeout(() => void turn(), seconds * 1000);
    };
    const onSeen = (): void => void turn();
    onSeen();
    document.addEventListener('visibilitychange', onSeen);
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onSeen);
    };
  }, [key, seconds]);
}
