/** What a validator says of a reasoning trace. */
export type TraceVerdict =
  /** Empty: the response does not reason. */
  | { readonly verdict: 'none' }
  /** Some run of A* on this problem logs exactly this. */
  | { readonly verdict: 'legal' }
  /** Dropping took parts of the trace; what is left claims nothing that can't be. */
  | { readonly verdict: 'consistent' }
  /** `clause` counts from 0 and is the first that deviates; the number of clauses if one lacks. */
  | { readonly verdict: 'illegal'; readonly clause: number; readonly reason: string }
  /** `clause` is neither explained nor refuted within bounds. */
  | { readonly verdict: 'unknown'; readonly clause: number; readonly reason: string };

export type Illegal = Extract<TraceVerdict, { verdict: 'illegal' }>;

export const illegal = (clause: number, reason: string): Illegal => ({
  verdict: 'illegal',
  clause,
  reason,
});
