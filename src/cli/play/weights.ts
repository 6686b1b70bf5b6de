/** The weights of a run as they are sent: a checkpoint for planning only, in pieces from its file. */
import { bestOf, checkModel, modelFiles } from '../../training/runModel.ts';
import { openCheckpoint, piecesOf, planningCheckpoint } from '../../training/checkpointPieces.ts';
import type { OpenCheckpoint, PlanningCheckpoint } from '../../training/checkpointPieces.ts';
import { readRunExperiment } from '../stages/runFolder.ts';
import { refuseLinks } from './bounds.ts';
import { lookOf } from './looks.ts';
import type { FoundRun } from './runs.ts';

export interface Weights {
  /** Bytes. */
  readonly size: number;
  pieces(): AsyncGenerator<Uint8Array>;
  /** To be called once, whether they were read or not. */
  close(): Promise<void>;
}

export type WeightsReader = (run: FoundRun, signal?: AbortSignal) => Promise<Weights>;

/**
 * The function returned checks a file as a whole, and remembers the last one of each run, so that it is not
 * checked again as long as it looks the same. It throws an InputError if weights are damaged or lead out of the run.
 */
export function weightsReader(): WeightsReader {
  const known = new Map<string, { readonly look: string; readonly planning: PlanningCheckpoint }>();
  const check = async (
    folder: string,
    checkpoint: OpenCheckpoint,
    signal?: AbortSignal,
  ): Promise<PlanningCheckpoint> => {
    const look = lookOf(await checkpoint.handle.stat({ bigint: true }), Date.now());
    const before = known.get(folder);
    if (before !== undefined && before.look === look) return before.planning;
    const planning = await planningCheckpoint(checkpoint, signal);
    if (look !== null) known.set(folder, { look, planning });
    return planning;
  };
  return async ({ folder }, signal) => {
    const files = modelFiles(folder);
    refuseLinks(folder, files);
    const expected = readRunExperiment(folder);
    const checkpoint = await openBest(files);
    const close = () => checkpoint.handle.close();
    try {
      checkModel(checkpoint.info, expected, folder);
      const planning = await check(folder, checkpoint, signal);
      const { size } = planning;
      return { size, pieces: () => allPieces(checkpoint, planning), close };
    } catch (error) {
      await close();
      throw error;
    }
  };
}

async function openBest(files: readonly string[]): Promise<OpenCheckpoint> {
  const opened: OpenCheckpoint[] = [];
  let best: OpenCheckpoint | null = null;
  try {
    for (const file of files) opened.push(await openCheckpoint(file));
    const info = bestOf(opened.map((each) => each.info));
    return (best = opened.find((each) => each.info === info)!);
  } finally {
    for (const { handle } of opened) if (handle !== best?.handle) await handle.close();
  }
}

async function* allPieces(
  { handle }: OpenCheckpoint,
  { head, values }: PlanningCheckpoint,
): AsyncGenerator<Uint8Array> {
  yield head;
  for (const place of values) yield* piecesOf(handle, place);
}
