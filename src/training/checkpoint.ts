/** Checkpoint files. The same state gives the same bytes. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import { removeFile, sha256, writeFileAtomic } from '../files.ts';
import { listFolder, readBytes } from '../reading.ts';
import type { Checkpoint, CheckpointInfo } from './checkpointFormat.ts';
import { decodeCheckpoint, encodeCheckpoint, refuseChecksum } from './checkpointFormat.ts';

export type { Checkpoint, CheckpointInfo };

export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  writeFileAtomic(file, ...encodeCheckpoint(checkpoint, sha256));
}

/** @throws InputError if the file is missing, damaged, of another format or of another shape */
export function readCheckpoint(file: string): Checkpoint {
  if (!existsSync(file)) throw new InputError(`${file}: no such checkpoint`);
  const decoded = decodeCheckpoint(readBytes(file), file);
  if (decoded.sha256 !== sha256(...decoded.content)) refuseChecksum(file);
  return decoded.read();
}

/** Checkpoints of a run by step, ascending; a run keeps the newest and the best on validation. */
export function listCheckpoints(folder: string): { step: number; file: string }[] {
  return listFolder(folder)
    .flatMap((name) => {
      const step = /^step-(\d+)\.safetensors$/.exec(name)?.[1];
      return step === undefined ? [] : [{ step: Number(step), file: path.join(folder, name) }];
    })
    .sort((a, b) => a.step - b.step);
}

export function checkpointFile(folder: string, step: number): string {
  return path.join(folder, `step-${String(step).padStart(8, '0')}.safetensors`);
}

/** Deletes all checkpoints of a run but the newest and those at `steps`. */
export function pruneCheckpoints(folder: string, steps: readonly number[]): void {
  const files = listCheckpoints(folder);
  for (const { step, file } of files.slice(0, -1)) {
    if (!steps.includes(step)) removeFile(file);
  }
}
