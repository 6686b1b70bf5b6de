import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/files.ts';
import { createRng } from '../../../envs/rng.ts';
import { modelConfig } from '../../../src/model/config.ts';
import { initialParams } from '../../../src/model/params.ts';
import {
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
} from '../../../src/training/checkpoint.ts';
import { encodeCheckpoint } from '../../../src/training/checkpointFormat.ts';
import {
  openCheckpoint,
  piecesOf,
  planningCheckpoint,
} from '../../../src/training/checkpointPieces.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/training/safetensors.ts';
import { temporaryFolder } from '../../helpers/kit.ts';
import { smallConfig, smallParams } from '../../helpers/models.ts';

const folder = temporaryFolder();
const file = path.join(folder, 'weights.safetensors');

function checkpointOf(seed: number, hasOptimizer: boolean): Checkpoint {
  const params = smallParams(seed);
  return {
    step: seed,
    validationLoss: seed % 2 === 0 ? null : 1 / seed,
    config: smallConfig,
    vocabulary: { environment: 'maze', coordinates: 3, costs: 9 },
    params,
    optimizer: hasOptimizer ? { mean: smallParams(seed + 1), square: smallParams(seed + 2) } : null,
  };
}

/** The whole file for planning, read in pieces. */
async function readInPieces(): Promise<Uint8Array[]> {
  const checkpoint = await openCheckpoint(file);
  try {
    const { head, values, size } = await planningCheckpoint(checkpoint);
    const pieces = [head];
    for (const place of values) {
      for await (const piece of piecesOf(checkpoint.handle, place)) pieces.push(piece);
    }
    expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(size);
    return pieces;
  } finally {
    await checkpoint.handle.close();
  }
}

const asWhole = (): Buffer =>
  Buffer.concat(encodeCheckpoint({ ...readCheckpoint(file), optimizer: null }, sha256));

describe('a checkpoint in pieces', () => {
  it('is what it is as a whole, in whatever order its values lie', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 1000 }),
        fc.boolean(),
        fc.infiniteStream(fc.nat()),
        async (seed, hasOptimizer, keys) => {
          const written = Buffer.concat(encodeCheckpoint(checkpointOf(seed, hasOptimizer), sha256));
          const { tensors, metadata } = decodeSafetensors(written, file);
          const keyed = tensors.map((tensor) => ({ tensor, key: keys.next().value as number }));
          const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ tensor }) => tensor);
          const parts = [metadata['checkpoint']!, ...shuffled].flatMap((part) =>
            typeof part === 'string'
              ? [part]
              : [JSON.stringify([part.name, part.shape]), Buffer.from(part.values.buffer)],
          );
          const sealed = { ...metadata, sha256: sha256(...parts) };
          writeFileSync(
            file,
            Buffer.concat(encodeSafetensors({ tensors: shuffled, metadata: sealed })),
          );
          expect(Buffer.concat(await readInPieces()).equals(asWhole())).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is refused for the reason that it is refused for as a whole, wherever it is damaged', async () => {
    writeCheckpoint(file, checkpointOf(1, true));
    const whole = readFileSync(file);
    const headerEnd = 8 + Number(whole.readBigUInt64LE(0));
    const place = fc.oneof(fc.nat({ max: headerEnd }), fc.nat({ max: whole.length - 1 }));
    await fc.assert(
      fc.asyncProperty(place, fc.nat({ max: 7 }), fc.boolean(), async (at, bit, isCut) => {
        const damaged = Buffer.from(isCut ? whole.subarray(0, at) : whole);
        if (!isCut) damaged[at]! ^= 1 << bit;
        writeFileSync(file, damaged);
        const messageOf = async (work: () => unknown): Promise<string> => {
          try {
            await work();
            return 'sound';
          } catch (error) {
            return (error as Error).message;
          }
        };
        expect(await messageOf(readInPieces)).toBe(await messageOf(asWhole));
      }),
      { numRuns: 300 },
    );
  });

  it('never has more than a piece of a large tensor in memory', async () => {
    const config = modelConfig(
      { dim: 64, encoderLayers: 1, decoderLayers: 1, heads: 2, ffnDim: 64 },
      5_000,
    );
    const params = initialParams(config, createRng(1));
    writeCheckpoint(file, { ...checkpointOf(1, false), config, params });
    const pieces = await readInPieces();
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(2 ** 18);
    expect(Buffer.concat(pieces).equals(readFileSync(file))).toBe(true);
  });

  it('is no pipe, for which it does not wait', async () => {
    const pipe = path.join(folder, 'pipe.safetensors');
    execFileSync('mkfifo', [pipe]);
    await expect(openCheckpoint(pipe)).rejects.toThrow(`${pipe}: is no file`);
  });

  it('is given up by whoever no longer wants it', async () => {
    writeCheckpoint(file, checkpointOf(1, true));
    const checkpoint = await openCheckpoint(file);
    const reason = new Error('gone');
    await expect(planningCheckpoint(checkpoint, AbortSignal.abort(reason))).rejects.toBe(reason);
    await checkpoint.handle.close();
  });
});
