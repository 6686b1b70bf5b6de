/** What selected responses are trained with; `fit` in the command line's stages knows each. */
export const LOSSES = ['next-token'] as const;

export type LossName = (typeof LOSSES)[number];
