/**
 * Progress on stderr: a bar on a terminal, elsewhere a line every few seconds, each with the rate
 * and the time left. Where the total is not known, a terminal shows a line that changes.
 */
import cliProgress from 'cli-progress';

/** Called with the work done so far, of the same unit throughout. */
export type Progress = (state: ProgressState) => void;

export interface ProgressState {
  readonly done: number;
  /** Null if nobody knows. */
  readonly total: number | null;
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
/** Between two changes of a line. */
const COUNTER_INTERVAL_MS = 200;

export function startProgress(options: ProgressOptions): Display {
  if (options.quiet) return { update: () => undefined, stop: () => undefined };
  const { stream = process.stderr } = options;
  // A terminal without columns can't place a bar.
  if (!stream.isTTY || !(stream.columns > 0)) return startLines(options);
  let display: Display | undefined;
  return {
    update(state) {
      display ??= state.total === null ? startCounter(options) : startBar(options);
      display.update(state);
    },
    stop: () => display?.stop(),
  };
}

interface Display {
  readonly update: Progress;
  readonly stop: () => void;
}

/**
 * Rate and time left of work that may have begun earlier: what was done before the first state
 * says nothing about the speed now.
 */
export function createPace(clock: () => number = () => performance.now()) {
  let first: { done: number; at: number } | null = null;
  return ({ done, total }: ProgressState): Pace | null => {
    first ??= { done, at: clock() };
    const seconds = (clock() - first.at) / 1000;
    if (done <= first.done || seconds <= 0) return null;
    const perSecond = (done - first.done) / seconds;
    const secondsLeft = total === null ? null : Math.max(0, total - done) / perSecond;
    return { perSecond, secondsLeft };
  };
}

interface Pace {
  readonly perSecond: number;
  /** Null if nobody knows the total. */
  readonly secondsLeft: number | null;
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

function startLines({ label, unit, stream = process.stderr, clock }: ProgressOptions): Display {
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
  pace: Pace | null,
  { label, unit }: { label: string; unit: string },
): string {
  const whole = total === null ? '' : ` of ${formatNumber(total)}`;
  const share = total === null || total === 0 ? '' : `, ${Math.floor((100 * done) / total)} %`;
  const speed = pace === null ? '' : `, ${formatNumber(pace.perSecond)} ${unit}/s`;
  const left = pace?.secondsLeft ? `, ${formatDuration(pace.secondsLeft)} left` : '';
  const remark = note === undefined ? '' : `, ${note}`;
  return `${label}: ${formatNumber(done)}${whole} ${unit}${share}${speed}${left}${remark}`;
}

/** A line that each state replaces. It leaves the terminal's settings alone, so may be killed. */
function startCounter({ label, unit, stream = process.stderr, clock }: ProgressOptions): Display {
  const now = clock ?? (() => performance.now());
  const pace = createPace(now);
  let lastAt = -Infinity;
  return {
    update(state) {
      if (now() - lastAt < COUNTER_INTERVAL_MS) return;
      lastAt = now();
      const text = describe(state, pace(state), { label, unit });
      stream.write(`\r${text.slice(0, stream.columns - 1)}\x1b[K`);
    },
    stop: () => void stream.write('\n'),
  };
}

function startBar({ label, unit, stream = process.stderr, clock }: ProgressOptions): Display {
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
    update(state) {
      const total = state.total ?? state.done;
      const current = pace(state);
      const speed =
        current === null
          ? ''
          : `  ${formatNumber(current.perSecond)}/s  ${formatDuration(current.secondsLeft ?? 0)} left`;
      const payload = { speed, remark: state.note === undefined ? '' : `  ${state.note}` };
      if (started) bar.setTotal(total);
      else bar.start(total, state.done, payload);
      started = true;
      bar.update(state.done, payload);
    },
    stop(): void {
      if (started) bar.stop();
    },
  };
}
