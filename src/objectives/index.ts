/** Objectives by name, loaded when they are asked for; a new one is a file and a row here. */
import type { ObjectiveKind } from './objective.ts';

export const OBJECTIVES = {
  'next-token': async () => (await import('./nextToken.ts')).nextToken,
  'weighted-next-token': async () => (await import('./weightedNextToken.ts')).weightedNextToken,
  preference: async () => (await import('./preference.ts')).preference,
  'policy-gradient': async () => (await import('./policyGradient.ts')).policyGradient,
  reinforce: async () => (await import('./reinforce.ts')).reinforce,
} as const satisfies Readonly<Record<string, () => Promise<ObjectiveKind>>>;

export type ObjectiveName = keyof typeof OBJECTIVES;
