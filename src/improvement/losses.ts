/** What selected responses are trained with; the command line's stage has a function for each. */
export const LOSSES = ['next-token'] as const;

export type LossName = (typeof LOSSES)[number];
