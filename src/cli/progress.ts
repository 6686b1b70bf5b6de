/**
 * Progress on stderr: a bar on a terminal, elsewhere a line every few seconds, each with the rate
 * and the time left.
 */
import cliProgress from 'cli-progress';

/** Called with the work done so far, of the same unit throughout. */
export type Progress = (state: ProgressState) => void;

export interface ProgressState {
  readonly done: number;
  readonly total: number;
  /** What else is worth knowing at this point, for instance the loss. */
  readonly note?: string;
}

export interface ProgressOptions {
  readonly label: string;
  /** What is counted, in the plural. */
  readonly unit: string;
  readonly quiet: boolean;
  readonly stream?: NodeJS.WriteStream;
  /** Milliseconds; only differences count. */
  readonly clock?: () => number;
}

/** Between two plain lines. */
const PLAIN_INTERVAL_MS = 5_000;

export function startProgress(options: ProgressOptions): { update: Progress; stop: () => void } {
  if (options.quiet) return { update: () => undefined, stop: () => undefined };
  const { stream = process.stderr } = options;
  // A terminal without columns can't place a bar.
  return stream.isTTY && stream.columns > 0 ? startBar(options) : startLines(options);
}

/**
 * Rate and time left of work that may have begun earlier: what was done before the first state
 * says nothing about the speed now.
 */
export function createPace(clock: () => number = () => performance.now()) {
  let first: { done: number; at: number } | null = null;
  return ({ done, total }: ProgressState): { perSecond: number; secondsLeft: number } | null => {
    first ??= { done, at: clock() };
    const seconds = (clock() - first.at) / 1000;
    if (done <= first.done || seconds <= 0) return null;
    const perSecond = (done - first.done) / seconds;
    return { perSecond, secondsLeft: Math.max(0, total - done) / perSecond };
  };
}

/** `0:07`, `12:30`, `3:05:00` */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}

/** Three significant digits below 100, else whole numbers with groups. */
export function formatNumber(value: number): string {
  return value.toLocaleString(
    'en',
    Math.abs(value) < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
  );
}

function startLines({ label, unit, stream = process.stderr, clock }: ProgressOptions) {
  const now = clock ?? (() => performance.now());
  const pace = createPace(now);
  let lastAt = -Infinity;
  let last: ProgressState | null = null;
  let written: ProgressState | null = null;
  const write = (state: ProgressState): void => {
    written = state;
    lastAt = now();
    stream.write(`${describe(state, pace(state), { label, unit })}\n`);
  };
  return {
    update(state: ProgressState): void {
      last = state;
      if (now() - lastAt >= PLAIN_INTERVAL_MS) write(state);
      else pace(state);
    },
    stop(): void {
      if (last !== null && last !== written) write(last);
    },
  };
}

function describe(
  { done, total, note }: ProgressState,
  pace: ReturnType<ReturnType<typeof createPace>>,
  { label, unit }: { label: string; unit: string },
): string {
  const share = total > 0 ? `, ${Math.floor((100 * done) / total)} %` : '';
  const speed =
    pace === null
      ? ''
      : `, ${formatNumber(pace.perSecond)} ${unit}/s` +
        (done < total ? `, ${formatDuration(pace.secondsLeft)} left` : '');
  const remark = note === undefined ? '' : `, ${note}`;
  return `${label}: ${formatNumber(done)} of ${formatNumber(total)} ${unit}${share}${speed}${remark}`;
}

function startBar({ label, unit, stream = process.stderr, clock }: ProgressOptions) {
  const pace = createPace(clock);
  const bar = new cliProgress.SingleBar({
    stream,
    format: `${label} {bar} {percentage} %  {value} of {total} ${unit}{speed}{remark}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    fps: 5,
    hideCursor: true,
    // Signals are the frame's business.
    gracefulExit: false,
    emptyOnZero: true,
  });
  let started = false;
  return {
    update(state: ProgressState): void {
      const current = pace(state);
      const speed =
        current === null
          ? ''
          : `  ${formatNumber(current.perSecond)}/s  ${formatDuration(current.secondsLeft)} left`;
      const payload = { speed, remark: state.note === undefined ? '' : `  ${state.note}` };
      if (started) bar.setTotal(state.total);
      else bar.start(state.total, state.done, payload);
      started = true;
      bar.update(state.done, payload);
    },
    stop(): void {
      if (started) bar.stop();
    },
  };
}
