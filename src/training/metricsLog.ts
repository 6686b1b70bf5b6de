/** The course of a training run as JSON lines in `metrics.jsonl`. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { explainWriteError, writeFileAtomic } from '../files.ts';

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

/** @throws InputError if the disk is full or the file can't be written to */
export function appendMetrics(file: string, line: MetricsLine): void {
  try {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  } catch (error) {
    throw explainWriteError(error, file);
  }
}

/** Lines that can be read; others, as one that a kill cut off, are left out. */
export function readMetrics(file: string): MetricsLine[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        const read = JSON.parse(line) as MetricsLine | null;
        return typeof read?.step === 'number' ? [read] : [];
      } catch {
        return [];
      }
    });
}

/** Forgets what was logged after `step`, so that a resumed run logs each step once. */
export function rewindMetrics(file: string, step: number): MetricsLine[] {
  const kept = readMetrics(file).filter((line) => line.step <= step);
  writeFileAtomic(file, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return kept;
}

/** Seconds of training up to the last of `lines`. */
export function secondsTrained(lines: readonly MetricsLine[]): number {
  const last = lines.findLast((line) => 'seconds' in line);
  return last === undefined ? 0 : last.seconds;
}
