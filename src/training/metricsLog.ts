/** The course of a training run as JSON lines in `metrics.jsonl`. */
import { continueLog, readLog, type LogLine } from '../sealedLog.ts';

export interface TrainingMetrics {
  readonly step: number;
  /** Mean since the line before, nats. */
  readonly loss: number;
  readonly learningRate: number;
  /** Of prompts and responses since the line before, padding left out. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
  /** Of training so far, over all sessions of the run. */
  readonly seconds: number;
}

export interface ValidationMetrics {
  readonly step: number;
  readonly validationLoss: number;
}

export type MetricsLine = TrainingMetrics | ValidationMetrics;

export interface MetricsLog {
  readonly lines: readonly MetricsLine[];
  /** @throws InputError if the disk is full or the file can't be written to */
  readonly append: (line: MetricsLine) => void;
}

/** Reads the lines up to the first that was damaged. @throws InputError if the file can't be read */
export function readMetrics(file: string): MetricsLine[] {
  return readLog(file).lines.map(({ value }) => asMetrics(value));
}

/** Opens a log and forgets what comes after `step`, so that a resumed run logs each step once. */
export function openMetrics(file: string, step: number): MetricsLog {
  const { kept, append } = continueLog(file, (line) => (line['step'] as number) <= step);
  return { lines: kept.map(asMetrics), append };
}

/** Seconds of training up to the last of `lines`. */
export function secondsTrained(lines: readonly MetricsLine[]): number {
  const last = lines.findLast((line) => 'seconds' in line);
  return last === undefined ? 0 : last.seconds;
}

/** Lines are only written by `append`, and their checksums hold. */
function asMetrics(value: LogLine['value']): MetricsLine {
  return value as unknown as MetricsLine;
}
