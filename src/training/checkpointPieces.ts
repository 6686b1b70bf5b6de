/**
 * A checkpoint file in pieces, for who serves files of any size: of the values never more than a piece is
 * in memory, and the event loop is free between two pieces.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { InputError } from '../../envs/inputError.ts';
import { checksumParts, metadataOf, paramsAmong } from './checkpointFormat.ts';
import { readInfo, readMetadata, refuseChecksum, type CheckpointInfo } from './checkpointFormat.ts';
import { encodeHeader, headerEnd, readLayout, type TensorPlace } from './safetensors.ts';

/** A file of which the header was read; whoever opens it closes `handle`. */
export interface OpenCheckpoint {
  readonly file: string;
  readonly handle: FileHandle;
  readonly info: CheckpointInfo;
  /** As stated, and what it is to be taken of. */
  readonly sha256: string;
  readonly description: string;
  readonly places: readonly TensorPlace[];
}

/** A checkpoint for planning only, made of another one: a header, and what follows it. */
export interface PlanningCheckpoint {
  /** Bytes of the whole. */
  readonly size: number;
  readonly head: Uint8Array;
  readonly values: readonly TensorPlace[];
}

/** Bytes. */
const PIECE = 2 ** 18;
const LONGEST_HEADER = 2 ** 26;

/** @throws InputError if it is no checkpoint, and an error of the disk if it can't be read */
export async function openCheckpoint(file: string): Promise<OpenCheckpoint> {
  // A pipe of this name must not keep a thread waiting.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new InputError(`${file}: is no file`);
    const end = headerEnd(await readStart(handle, 8));
    const start = await readStart(handle, Math.min(end, LONGEST_HEADER));
    const { places, metadata } = readLayout(start, status.size, file);
    const { description, sha256 } = readMetadata(metadata, file);
    const info = readInfo(description, file);
    return { file, handle, info, sha256, description, places };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The bytes that `encodeCheckpoint` gives without the optimiser's state.
 * @throws InputError if the file is damaged, and the reason of `signal` once it aborts
 */
export async function planningCheckpoint(
  checkpoint: OpenCheckpoint,
  signal?: AbortSignal,
): Promise<PlanningCheckpoint> {
  const { file, handle, info, places } = checkpoint;
  const checksum = async (description: string, values: readonly TensorPlace[]) => {
    const hash = createHash('sha256');
    for (const part of checksumParts(description, values)) {
      if (typeof part === 'string') hash.update(part);
      else
        for await (const piece of piecesOf(handle, part)) {
          signal?.throwIfAborted();
          hash.update(piece);
        }
    }
    return hash.digest('hex');
  };
  if ((await checksum(checkpoint.description, places)) !== checkpoint.sha256) refuseChecksum(file);
  const values = paramsAmong(places, info.config, file);
  const description = JSON.stringify(info);
  const metadata = metadataOf(description, await checksum(description, values));
  const head = Buffer.concat(encodeHeader(values, metadata));
  const size = values.reduce((sum, { from, to }) => sum + to - from, head.length);
  return { size, head, values };
}

/** Reads the values of one tensor. @throws InputError if the file ends before it does */
export async function* piecesOf(
  handle: FileHandle,
  { name, from, to }: TensorPlace,
): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to;) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, to - at));
    const { bytesRead } = await handle.read(piece, 0, piece.length, at);
    if (bytesRead === 0) throw new InputError(`ends before the values of ${name}`);
    yield piece.subarray(0, bytesRead);
    at += bytesRead;
  }
}

async function readStart(handle: FileHandle, length: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, 0);
  return bytes.subarray(0, bytesRead);
}
