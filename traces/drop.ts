/**
 * Randomised trace dropping: which levels a model is trained on. Dualformer's (arXiv 2410.09918),
 * the baselines that it is compared with, and what the released code does instead.
 */
import { InputError } from '../envs/inputError.ts';
import type { Rng } from '../envs/rng.ts';
import { type Level3, PAPER_LEVEL_3 } from './dropTrace.ts';

export interface DropStrategy {
  readonly name: string;
  /** Of the levels 0–4; their sum is 1. */
  readonly probabilities: LevelProbabilities;
  readonly level3: Level3;
  /** Whether level and dropping are drawn anew at every pass, or once per example. */
  readonly redraw: 'pass' | 'once';
}

export type LevelProbabilities = readonly [number, number, number, number, number];

/**
 * - `dualformer`: the paper's probabilities for the environment
 * - `complete-trace`, `solution-only`: level 0 or level 4 always
 * - `released-maze`: the released code: level 3 keeps the costs and drops 10–40 % of the clauses
 * - `released-sokoban`: the released code: what is dropped is drawn once for the whole training
 * - `mix`: level 4 with this probability, else level 0
 * - `levels`: any probabilities; with `redraw: 'once'` drawn once for the whole training
 */
export type DropSettings =
  | 'dualformer'
  | 'complete-trace'
  | 'solution-only'
  | 'released-maze'
  | 'released-sokoban'
  | { readonly mix: number }
  | { readonly levels: LevelProbabilities; readonly redraw?: DropStrategy['redraw'] | undefined };

/**
 * The paper's, as far as known: these numbers are not verified. Other environments get the ones of
 * mazes.
 */
const PROBABILITIES: Readonly<Record<'maze' | 'sokoban', LevelProbabilities>> = {
  maze: [0.45, 1 / 6, 1 / 6, 1 / 6, 0.05],
  sokoban: [0.8, 0.05, 0.05, 0.05, 0.05],
};

/** @throws InputError naming the setting */
export function dropStrategy(settings: DropSettings, environment: string): DropStrategy {
  const paper = { level3: PAPER_LEVEL_3, redraw: 'pass' } as const;
  if (typeof settings === 'object') {
    if ('mix' in settings) {
      const { mix } = settings;
      const probabilities = checked([1 - mix, 0, 0, 0, mix], 'mix');
      return { ...paper, name: `mix-${mix}`, probabilities };
    }
    const { levels, redraw = 'pass' } = settings;
    return { ...paper, name: 'levels', probabilities: checked(levels, 'levels'), redraw };
  }
  switch (settings) {
    case 'dualformer': {
      const probabilities = PROBABILITIES[environment === 'sokoban' ? 'sokoban' : 'maze'];
      return { ...paper, name: settings, probabilities };
    }
    case 'complete-trace':
      return { ...paper, name: settings, probabilities: [1, 0, 0, 0, 0] };
    case 'solution-only':
      return { ...paper, name: settings, probabilities: [0, 0, 0, 0, 1] };
    case 'released-maze':
      return {
        name: settings,
        probabilities: PROBABILITIES.maze,
        level3: { keepCosts: true, dropPercent: [10, 40], exact: true },
        redraw: 'pass',
      };
    case 'released-sokoban':
      return { ...paper, name: settings, probabilities: PROBABILITIES.sokoban, redraw: 'once' };
    default:
      throw new InputError(`dropping: strategy "${String(settings)}" is unknown`);
  }
}

/** A level with the strategy's probability; takes one number from `rng`. */
export function drawLevel({ probabilities }: DropStrategy, rng: Rng): number {
  let rest = rng.next();
  let level = 0;
  for (let next = 0; next < probabilities.length; next++) {
    if (probabilities[next] === 0) continue;
    level = next;
    rest -= probabilities[next]!;
    if (rest < 0) break;
  }
  return level;
}

function checked(probabilities: LevelProbabilities, field: string): LevelProbabilities {
  const sum = probabilities.reduce((a, b) => a + b, 0);
  const isDistribution = probabilities.every((p) => p >= 0 && p <= 1) && Math.abs(sum - 1) < 1e-6;
  if (isDistribution && probabilities.length === 5) return probabilities;
  throw new InputError(`dropping.${field}: the probabilities of the levels must sum to 1`);
}
