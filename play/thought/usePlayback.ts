/** How far into a thought one looks, and the motion through it. */
import { useEffect, useRef, useState } from 'preact/hooks';

export interface Playback {
  /** Lines that are shown. */
  readonly position: number;
  readonly playing: boolean;
  /** Lines a second. */
  readonly speed: number;
  readonly seek: (position: number) => void;
  readonly toggle: () => void;
  readonly setSpeed: (speed: number) => void;
}

export const SPEEDS: readonly number[] = [2, 5, 15, 50, 150, 500];

export interface Played {
  /** Of what is played; another one begins anew. */
  readonly key: string;
  readonly length: number;
  readonly ended: boolean;
  /** Whether a new one moves by itself, or is there at once. */
  readonly moves: boolean;
}

export function usePlayback({ key, length, ended, moves }: Played): Playback {
  const [state, setState] = useState({ key, position: 0, playing: false });
  const [chosenSpeed, setSpeed] = useState<number | null>(null);
  const speed = chosenSpeed ?? usualSpeed(ended ? length : null);
  // Set while rendering, so that a thought is never shown at the position of the one before.
  const isNew = state.key !== key;
  const auto = moves && !prefersStillness();
  const current = isNew ? { key, position: auto ? 0 : length, playing: auto || !ended } : state;
  if (isNew) setState(current);
  const latest = useRef({ length, ended, speed });
  latest.current = { length, ended, speed };

  const { playing } = current;
  useEffect(() => {
    if (!playing) return undefined;
    let frame = 0;
    let before: number | null = null;
    let fraction = 0;
    const advance = (now: number): void => {
      const { length, ended, speed } = latest.current;
      // A tab that slept goes on where it was.
      const seconds = Math.min(0.1, (now - (before ?? now)) / 1000);
      before = now;
      fraction += prefersStillness() ? Infinity : seconds * speed;
      const steps = Math.floor(Math.min(fraction, length));
      fraction = Number.isFinite(fraction) ? fraction - steps : 0;
      setState((held) => {
        if (held.key !== key || !held.playing) return held;
        const position = Math.min(length, held.position + steps);
        const arrived = ended && position === length;
        if (!arrived && position === held.position) return held;
        return { ...held, position, playing: !arrived };
      });
      frame = requestAnimationFrame(advance);
    };
    frame = requestAnimationFrame(advance);
    return () => cancelAnimationFrame(frame);
  }, [playing, key]);

  return {
    position: Math.min(current.position, length),
    playing,
    speed,
    seek: (position) =>
      setState({ key, position: Math.max(0, Math.min(length, position)), playing: false }),
    toggle: () =>
      setState((held) => {
        const atEnd = held.position >= length && ended;
        return {
          key,
          position: !held.playing && atEnd ? 0 : held.position,
          playing: !held.playing,
        };
      }),
    setSpeed,
  };
}

/** Lets a thought pass in some eight seconds; of one that grows nobody knows. */
function usualSpeed(length: number | null): number {
  const wanted = length === null ? 50 : length / 8;
  return SPEEDS.find((speed) => speed >= wanted) ?? SPEEDS.at(-1)!;
}

export function prefersStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
