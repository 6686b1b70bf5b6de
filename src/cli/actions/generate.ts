/** `kit gen-mazes`, `kit gen-sokoban` */
import { InputError } from '../../../envs/inputError.ts';
import { dataSchema, type DataSettings } from '../../experiment.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usageError.ts';

interface SizeFlags {
  readonly size: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

interface GenerationFlags {
  readonly count: number | undefined;
  readonly validationCount: number | undefined;
  readonly testCount: number | undefined;
  readonly maxTokens: number | undefined;
  readonly vocabularySide: number | undefined;
  readonly nondeterministic: boolean;
  readonly seed: number | undefined;
  readonly jobs: number | undefined;
  readonly resume: boolean;
  readonly out: string | undefined;
}

interface MazeFlags extends GenerationFlags, SizeFlags {
  readonly walls: readonly [number, number] | undefined;
  readonly tasksPerLayout: number | undefined;
}

interface SokobanFlags extends GenerationFlags, SizeFlags {
  readonly boxes: number | undefined;
  readonly walls: number | undefined;
}

export async function generateMazes(flags: MazeFlags, session: Session): Promise<void> {
  const { walls, tasksPerLayout } = flags;
  const task = { environment: 'maze', ...sides(flags, undefined), walls };
  await generateFrom({ task, tasksPerLayout }, flags, session);
}

export async function generateSokoban(flags: SokobanFlags, session: Session): Promise<void> {
  const { boxes, walls } = flags;
  const task = { environment: 'sokoban', ...sides(flags, 7), boxes, walls };
  await generateFrom({ task }, flags, session);
}

async function generateFrom(
  own: { readonly task: Readonly<Record<string, unknown>>; readonly tasksPerLayout?: unknown },
  flags: GenerationFlags,
  session: Session,
): Promise<void> {
  const { count = 10_000, maxTokens, vocabularySide, nondeterministic, seed } = flags;
  const { validationCount = heldOut(count), testCount = heldOut(count) } = flags;
  const settings = dataSchema.parse({
    ...own,
    trainCount: count,
    validationCount,
    testCount,
    maxTokens,
    vocabularySide,
    nondeterministic,
    seed,
  });
  const { jobs, resume } = flags;
  const out = flags.out ?? defaultFolder(settings);
  const { describe, generate } = await import('../stages/data.ts');
  try {
    await session.print(describe(await generate(settings, { out, jobs, resume }, session)));
  } catch (error) {
    throw error instanceof InputError ? new InputError(namingFlags(error.message)) : error;
  }
}

/** Tasks to validate or test on, unless told otherwise. */
function heldOut(count: number): number {
  return Math.min(500, Math.ceil(count / 10));
}

const FLAG_OF_FIELD: Readonly<Record<string, string>> = {
  trainCount: '--count',
  validationCount: '--validation-count',
  testCount: '--test-count',
  maxTokens: '--max-tokens',
  vocabularySide: '--vocabulary-side',
  tasksPerLayout: '--tasks-per-layout',
  walls: '--walls',
  boxes: '--boxes',
  width: '--width',
  height: '--height',
};

/** `trainCount: …` as `--count: …`: whoever typed flags knows no fields. */
function namingFlags(message: string): string {
  const [, field = '', rest = ''] = /^(\w+)(:.*)$/s.exec(message) ?? [];
  const flag = Object.hasOwn(FLAG_OF_FIELD, field) ? FLAG_OF_FIELD[field] : undefined;
  return flag === undefined ? message : flag + rest;
}

function defaultFolder({ task }: DataSettings): string {
  const { environment, width, height } = task;
  return `data/${environment}${width === height ? width : `${width}x${height}`}`;
}

/** @throws UsageError if a side is missing or said twice */
function sides(
  { size, width, height }: SizeFlags,
  standard: number | undefined,
): { width: number; height: number } {
  if (size !== undefined && (width !== undefined || height !== undefined)) {
    throw new UsageError('--size is both --width and --height: give either it or them');
  }
  const side = size ?? (width === undefined && height === undefined ? standard : undefined);
  if (side !== undefined) return { width: side, height: side };
  if (width === undefined && height === undefined) {
    throw new UsageError('--size is missing (or --width and --height)', { isIncomplete: true });
  }
  if (width === undefined) throw new UsageError('--width is missing beside --height');
  if (height === undefined) throw new UsageError('--height is missing beside --width');
  return { width, height };
}
