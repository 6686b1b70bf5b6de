/** Settings that several parts of an experiment have in common. */
import { z } from 'zod';

export const count = z.number().int().positive();
export const fraction = z.number().min(0).max(1);

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
  topK: count.optional(),
  /** Draws from the likeliest tokens that together have this probability. */
  topP: z.number().gt(0).max(1).optional(),
  /** What responses are held to; see `traces/grammar.ts` for what each name means. */
  form: z.enum(['any', 'well-formed', 'complete']).optional(),
  /** Of weights and of what is remembered while planning; fp32 unless given. */
  precision: z.enum(['fp32', 'bf16']).optional(),
} as const;
