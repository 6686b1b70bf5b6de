/** Settings that several parts of an experiment have in common. */
import { z } from 'zod';
import { MODES } from '../traces/modes.ts';
import { LIMITS, rangeFault, type Limits } from './limits.ts';
import { nameFault } from './names.ts';

/** A whole number within limits. */
export function whole(limits: Limits): z.ZodNumber {
  const error: Complaint = ({ input }) =>
    (isFraction(input) ? null : faultOf(input, limits)) ?? 'must be a whole number';
  return within(limits, z.int({ error }), error);
}

/** Any number within limits. */
export function decimal(limits: Limits): z.ZodNumber {
  const error: Complaint = ({ input }) => faultOf(input, limits) ?? 'must be a number';
  return within(limits, z.number({ error }), error);
}

type Complaint = (issue: { readonly input?: unknown }) => string;

function faultOf(input: unknown, limits: Limits): string | null {
  return typeof input === 'number' ? rangeFault(input, limits) : null;
}

const isFraction = (input: unknown): boolean => Number.isFinite(input) && !Number.isInteger(input);

/** The bounds one by one, so that they stand in the schema for those who read it. */
function within(limits: Limits, number: z.ZodNumber, error: Complaint): z.ZodNumber {
  const { min = -Infinity, above = -Infinity, max = Infinity, below = Infinity, orZero } = limits;
  const bounded = number
    .min(orZero ? 0 : min, { error })
    .gt(above, { error })
    .max(max, { error })
    .lt(below, { error })
    // 0 has no sign here.
    .overwrite((value) => value + 0);
  if (!orZero) return bounded;
  return bounded.check(({ value, issues }) => {
    const message = rangeFault(value, limits);
    if (message === null) return;
    issues.push({ code: 'too_small', origin: 'number', minimum: min, input: value, message });
  });
}

export const fraction = decimal(LIMITS.share);

/** A name that can be part of a file's. */
export function nameSchema(longest?: number) {
  return z.string().superRefine((name, issues) => {
    const message = nameFault(name, longest);
    if (message !== null) issues.addIssue({ code: 'custom', message });
  });
}

/** Text that names a stream of random numbers, or a number. */
export const seed = z.union([whole(LIMITS.seed), z.string()]);

const probabilities = z
  .tuple([fraction, fraction, fraction, fraction, fraction])
  .refine((p) => Math.abs(p.reduce((a, b) => a + b) - 1) < 1e-6, 'probabilities must sum to 1');

/** Which levels of a trace a model is trained on; see `traces/drop.ts` for what each name means. */
export const droppingSchema = z.union([
  z.enum(['dualformer', 'complete-trace', 'solution-only', 'released-maze', 'released-sokoban']),
  z.strictObject({ mix: fraction }),
  z.strictObject({ levels: probabilities, redraw: z.enum(['pass', 'once']).optional() }),
]);

/** How responses are drawn, where more is asked for than a temperature. */
export const drawingFields = {
  /** Draws from the k likeliest tokens only. */
  topK: whole(LIMITS.topK).optional(),
  /** Draws from the likeliest tokens that together have this probability. */
  topP: decimal(LIMITS.topP).optional(),
  /** What responses are held to; see `traces/grammar.ts` for what each name means. */
  form: z.enum(['any', 'well-formed', 'complete']).optional(),
  /** Of weights and of what is remembered while planning; fp32 unless given. */
  precision: z.enum(['fp32', 'bf16']).optional(),
} as const;

export const modes = z
  .array(z.enum(MODES))
  .min(1)
  .refine((all) => new Set(all).size === all.length, 'a mode is given twice');
