/**
 * The least and the most that each number of a user's may be, for flags and settings alike. Beyond
 * them nothing that exists fits, or training and sampling end in NaN: weights and probabilities have
 * 32 bits.
 */
export interface Limits {
  readonly min?: number;
  /** A bound that is itself out of range. */
  readonly above?: number;
  readonly max?: number;
  /** A bound that is itself out of range. */
  readonly below?: number;
  /** Whether 0 is in range, whatever the least is. */
  readonly orZero?: boolean;
}

const TASKS = 100_000_000;

export const LIMITS = {
  seed: { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
  share: { min: 0, max: 1 },

  /** Tasks of a split, or the first ones of it. */
  tasks: { min: 1, max: TASKS },
  heldOutTasks: { min: 0, max: TASKS },
  /** Place of a task in its split. */
  index: { min: 0, max: TASKS },
  mazeSide: { min: 2, max: 100 },
  sokobanSide: { min: 5, max: 20 },
  boxes: { min: 1, max: 8 },
  /** Inner walls of a Sokoban level. */
  innerWalls: { min: 0, max: 400 },
  tasksPerLayout: { min: 1, max: 100 },
  /** A task's reasoning and plan together. */
  traceTokens: { min: 1, max: 100_000_000 },

  /** Length of a vector within the model. */
  width: { min: 1, max: 1_000_000 },
  layers: { min: 1, max: 1_000 },
  heads: { min: 1, max: 1_000 },

  steps: { min: 1, max: 1e9 },
  warmupSteps: { min: 0, max: 1e9 },
  batchSize: { min: 1, max: TASKS },
  /** Pieces of a batch that are computed one after the other. */
  batchRounds: { min: 1, max: TASKS },
  learningRate: { above: 0, max: 1_000 },
  /** Adam's. */
  beta: { min: 0, below: 1 },
  weightDecay: { min: 0, max: 1_000_000 },
  clipNorm: { above: 0, max: 1_000_000 },
  minutes: { above: 0, max: 1e9 },

  /** Responses to a task. */
  samples: { min: 1, max: 100_000 },
  temperature: { min: 1e-6, max: 1_000_000, orZero: true },
  /** Where responses must differ. */
  drawingTemperature: { min: 1e-6, max: 1_000_000 },
  /** GiB that a search may take. */
  searchMemory: { min: 0.01, max: 64 },
  topK: { min: 1, max: 65_536 },
  topP: { above: 0, max: 1 },
  responseTokens: { min: 1, max: 1_000_000 },
  /** Solved tasks that a report draws, per mode. */
  drawings: { min: 0, max: 1_000 },
  /** Rounds of training on a model's own responses. */
  improvementRounds: { min: 1, max: 100 },

  level: { min: 0, max: 4 },
  threads: { min: 1, max: 4096 },
  workers: { min: 1, max: 256 },
  /** Cells of a study at once. */
  cells: { min: 1, max: 4096 },
  port: { min: 0, max: 65_535 },
} as const satisfies Readonly<Record<string, Limits>>;

/** What a number must be that is out of range, as `must be at most 100`; null if it is in range. */
export function rangeFault(
  number: number,
  { min = -Infinity, above = -Infinity, max = Infinity, below = Infinity, orZero }: Limits,
): string | null {
  if (orZero && number === 0) return null;
  if (orZero && number > 0 && number < min) return `must be 0 or at least ${min}`;
  const least = orZero ? 0 : min;
  if (number > max) return `must be at most ${max}`;
  if (number >= below) return `must be below ${below}`;
  if (number < least) return `must be at least ${least}`;
  return number > above ? null : `must be above ${above}`;
}
