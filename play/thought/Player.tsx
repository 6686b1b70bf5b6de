import { SPEEDS, type Playback } from './usePlayback.ts';

/** The controls of a playback. */
export function Player({ playback, length }: { playback: Playback; length: number }) {
  const { position, playing, speed, seek, toggle, setSpeed } = playback;
  return (
    <div class="player" role="group" aria-label="Playback">
      <button type="button" onClick={() => seek(0)} aria-label="To the beginning">
        <Icon path="M3 2h2v12H3zM14 2v12L6 8z" />
      </button>
      <button type="button" onClick={() => seek(position - 1)} aria-label="One line back">
        <Icon path="M12 2v12L4 8z" />
      </button>
      <button type="button" class="main" onClick={toggle} disabled={length === 0}>
        {playing ? 'Pause' : 'Play'}
      </button>
      <button type="button" onClick={() => seek(position + 1)} aria-label="One line on">
        <Icon path="M4 2v12l8-6z" />
      </button>
      <button type="button" onClick={() => seek(length)} aria-label="To the end">
        <Icon path="M11 2h2v12h-2zM2 2v12l8-6z" />
      </button>
      <input
        type="range"
        class="scrub"
        min={0}
        max={length}
        value={position}
        aria-label="Line"
        aria-valuetext={`${position} of ${length} lines`}
        onInput={({ currentTarget }) => seek(Number(currentTarget.value))}
      />
      <output>
        {position} / {length}
      </output>
      <label>
        Speed{' '}
        <select
          value={speed}
          onChange={({ currentTarget }) => setSpeed(Number(currentTarget.value))}
        >
          {SPEEDS.map((lines) => (
            <option key={lines} value={lines}>
              {lines} lines/s
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={path} fill="currentColor" />
    </svg>
  );
}
