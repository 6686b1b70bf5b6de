/**
 * What a model answered to each task, and what the answers are worth: gzipped JSON lines, one
 * task a line, from which every metric, table and plot can be computed again without the model.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { InputError } from '../../envs/inputError.ts';
import type { TraceVerdict } from '../../traces/verdict.ts';
import { writeFileAtomic } from '../files.ts';
import { readBytes } from '../reading.ts';
import { parseJsonLine } from '../json.ts';
import { checkShape } from '../shape.ts';

/** `solved` plans are correct but longer than need be; `wrong` ones are well-formed. */
export const OUTCOMES = ['optimal', 'solved', 'wrong', 'malformed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** `none`: no trace; `unknown`: the search for an A* run that explains it was given up. */
export const TRACE_VERDICTS = [
  'none',
  'legal',
  'consistent',
  'illegal',
  'unknown',
] as const satisfies readonly TraceVerdict['verdict'][];

export interface SampleRecord {
  /** Response ids after bos; eos included if it was reached. */
  readonly tokens: Uint16Array;
  readonly outcome: Outcome;
  /** Why the plan is wrong or malformed, else null. */
  readonly reason: string | null;
  /** Positions, start included; null if malformed. */
  readonly planLength: number | null;
  /** Tokens before the first `plan`; all but eos if there is none. */
  readonly traceLength: number;
  readonly trace: TraceVerdict['verdict'];
}

/** The trace that a response was made to begin with. */
export interface ForcedTrace {
  /** Tokens of the response that are not the model's: the trace and the first `plan`. */
  readonly length: number;
  /** The clause of A*'s trace that was corrupted, from 0; null if none or all were. */
  readonly clause: number | null;
}

export interface EvaluationRecord {
  /** The example's id within its split. */
  readonly id: number;
  readonly width: number;
  readonly height: number;
  /** Wall cells. */
  readonly walls: number;
  /** Token ids without bos and eos. */
  readonly prompt: Uint16Array;
  /** Positions of a shortest plan, start included. */
  readonly optimalLength: number;
  /** Tokens of the trace that the data set holds. */
  readonly aStarTraceLength: number;
  /** Mean tokens of repeated nondeterministic A* runs; null if none were made. */
  readonly referenceTraceLength: number | null;
  /** Absent where the trace is the model's own. */
  readonly forced?: ForcedTrace | undefined;
  readonly samples: readonly SampleRecord[];
}

/** The same records give the same bytes. @throws InputError if the file can't be written. */
export function writeRecords(file: string, records: readonly EvaluationRecord[]): void {
  const members: Uint8Array[] = [];
  for (let from = 0; from < records.length; from += LINES_PER_MEMBER) {
    const lines = records.slice(from, from + LINES_PER_MEMBER).map(recordLine);
    members.push(gzip(lines.join('')));
  }
  writeFileAtomic(file, ...(members.length > 0 ? members : [gzip('')]));
}

/** @throws InputError naming file, line and field. */
export function readRecords(file: string): EvaluationRecord[] {
  const lines = splitLines(decompress(file), file);
  const records: EvaluationRecord[] = lines.map((line, index) => {
    const where = `${file}, line ${index + 1}`;
    return checkShape(recordSchema, parseJsonLine(line, where), where);
  });
  const seen = new Set<number>();
  for (const [index, { id, samples }] of records.entries()) {
    const where = `${file}, line ${index + 1}`;
    if (seen.has(id)) throw new InputError(`${where}: id: task ${id} occurs twice`);
    seen.add(id);
    const expected = records[0]?.samples.length;
    if (samples.length !== expected) {
      throw new InputError(`${where}: samples: ${samples.length}, but ${expected} in line 1`);
    }
  }
  return records;
}

/** A gzip file may consist of several members; a string of all lines could be too long for V8. */
const LINES_PER_MEMBER = 64;

/** Byte 9 of a gzip header names the operating system; 255 stands for unknown. */
function gzip(text: string): Uint8Array {
  const bytes = gzipSync(text);
  bytes[9] = 255;
  return bytes;
}

function recordLine({ prompt, samples, ...scalars }: EvaluationRecord): string {
  const value = {
    ...scalars,
    prompt: Array.from(prompt),
    samples: samples.map((sample) => ({ ...sample, tokens: Array.from(sample.tokens) })),
  };
  return `${JSON.stringify(value, FIELDS)}\n`;
}

/** The order of the fields in a line, whatever order a record was built in. */
const FIELDS: string[] = (
  'id width height walls optimalLength aStarTraceLength referenceTraceLength forced length clause prompt samples ' +
  'outcome reason planLength traceLength trace tokens'
).split(' ');

function decompress(file: string): Buffer {
  const bytes = readBytes(file);
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new InputError(`${file}: truncated or damaged: ${(error as Error).message}`);
  }
}

function splitLines(bytes: Buffer, file: string): string[] {
  const lines: string[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = bytes.indexOf(10, from);
    if (to < 0) throw new InputError(`${file}, line ${lines.length + 1}: truncated`);
    lines.push(bytes.toString('utf8', from, to));
    from = to + 1;
  }
  return lines;
}

const count = z.number().int().min(0);

const tokenIds = z
  .custom<number[]>(
    (value) =>
      Array.isArray(value) &&
      value.every((id) => Number.isInteger(id) && (id as number) >= 0 && (id as number) <= 0xffff),
    'expected a list of token ids',
  )
  .transform((ids) => Uint16Array.from(ids));

const sampleSchema = z
  .strictObject({
    outcome: z.enum(OUTCOMES),
    reason: z.string().nullable(),
    planLength: count.nullable(),
    traceLength: count,
    trace: z.enum(TRACE_VERDICTS),
    tokens: tokenIds,
  })
  .refine(({ outcome, planLength }) => (planLength === null) === (outcome === 'malformed'), {
    path: ['planLength'],
    message: 'must be null for malformed plans and for no others',
  });

const recordSchema = z.strictObject({
  id: count,
  width: count.min(1),
  height: count.min(1),
  walls: count,
  optimalLength: count.min(1),
  aStarTraceLength: count,
  referenceTraceLength: z.number().positive().nullable(),
  forced: z.strictObject({ length: count.min(1), clause: count.nullable() }).optional(),
  prompt: tokenIds,
  samples: z.array(sampleSchema).min(1),
});
