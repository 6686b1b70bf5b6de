import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { createRng } from '../../../envs/rng.ts';
import { sha256 } from '../../../src/files.ts';
import { initialParams } from '../../../src/model/params.ts';
import {
  checkpointFile,
  listCheckpoints,
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
} from '../../../src/training/checkpoint.ts';
import { checksumContent } from '../../../src/training/checkpointFormat.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/training/safetensors.ts';
import { smallConfig } from '../../helpers/models.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'checkpoints-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const params = initialParams(smallConfig, createRng(1));
const checkpoint: Checkpoint = {
  step: 12,
  validationLoss: 1.25,
  config: smallConfig,
  vocabulary: { environment: 'maze', coordinates: 2, costs: 1 },
  params,
  optimizer: { mean: params.map((p) => p / 2), square: params.map((p) => p * p) },
};

describe('safetensors', () => {
  const tensors = fc.uniqueArray(
    fc.tuple(
      fc.string({ minLength: 1 }).filter((name) => !name.startsWith('__')),
      fc.array(fc.float({ noNaN: true }), { maxLength: 20 }),
    ),
    { selector: ([name]) => name, maxLength: 5 },
  );

  it('are read back as they were written', () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(fc.string(), fc.string()), (drawn, metadata) => {
        const file = {
          tensors: drawn.map(([name, values]) => ({
            name,
            shape: [values.length],
            values: Float32Array.from(values),
          })),
          metadata: { ...metadata },
        };
        const read = decodeSafetensors(Buffer.concat(encodeSafetensors(file)), 'x');
        const byName = (list: readonly { name: string }[]): object[] =>
          list.toSorted((a, b) => (a.name < b.name ? -1 : 1));
        expect(byName(read.tensors)).toEqual(byName(file.tensors));
        expect({ ...read.metadata }).toEqual(file.metadata);
      }),
      { numRuns: 1000 },
    );
  });

  it('made of any other bytes are refused in one line that names the file', () => {
    const numbers = { x: 1 } as unknown as Record<string, string>;
    expect(() =>
      decodeSafetensors(Buffer.concat(encodeSafetensors({ tensors: [], metadata: numbers })), 'x'),
    ).toThrow('x: not a readable safetensors file: its metadata are not texts');
    const whole = Buffer.concat(encodeSafetensors({ tensors: [], metadata: {} }));
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.nat({ max: whole.length - 1 }).map((end) => whole.subarray(0, end)),
      fc.json().map((json) => headed(json)),
      fc
        .record({
          dtype: fc.constantFrom('F32', 'I8'),
          shape: fc.anything(),
          data_offsets: fc.anything(),
        })
        .map((entry) => headed(JSON.stringify({ a: entry }))),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        try {
          decodeSafetensors(input, 'some.file');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^some\.file: [^\n]+$/);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a checkpoint', () => {
  it('is read back as it was written, and has the same bytes each time', () => {
    const [a, b] = [path.join(folder, 'a.safetensors'), path.join(folder, 'b.safetensors')];
    writeCheckpoint(a, checkpoint);
    writeCheckpoint(b, readCheckpoint(a));
    expect(readCheckpoint(a)).toEqual(checkpoint);
    expect(readFileSync(b)).toEqual(readFileSync(a));
  });

  it('without optimiser says so', () => {
    const file = path.join(folder, 'plan.safetensors');
    writeCheckpoint(file, { ...checkpoint, optimizer: null });
    expect(readCheckpoint(file).optimizer).toBeNull();
  });

  it('that is cut short or changed in any byte is refused', () => {
    const file = path.join(folder, 'whole.safetensors');
    writeCheckpoint(file, checkpoint);
    const whole = readFileSync(file);
    const damaged = path.join(folder, 'damaged.safetensors');
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(whole);
        changed[at] = changed[at]! ^ by;
        for (const bytes of [changed, whole.subarray(0, at)]) {
          writeFileSync(damaged, bytes);
          let read: Checkpoint | undefined;
          try {
            read = readCheckpoint(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
            continue;
          }
          // What the change hit, such as the padding of the header, means nothing.
          expect(read).toEqual(checkpoint);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of another shape names the parameter', () => {
    const file = path.join(folder, 'shape.safetensors');
    writeCheckpoint(file, checkpoint);
    const { tensors, metadata } = decodeSafetensors(readFileSync(file), file);
    const info = JSON.parse(metadata['checkpoint']!) as Checkpoint;
    const wider = JSON.stringify({ ...info, config: { ...info.config, vocabSize: 12 } });
    const sum = sha256(...checksumContent(wider, tensors));
    const changed = { ...metadata, checkpoint: wider, sha256: sum };
    writeFileSync(file, Buffer.concat(encodeSafetensors({ tensors, metadata: changed })));
    expect(() => readCheckpoint(file)).toThrow(/encoder\.embedding is \[11, 8\].*\[12, 8\]/);
  });

  it('that is missing is named', () => {
    expect(() => readCheckpoint('/nowhere/x.safetensors')).toThrow(
      '/nowhere/x.safetensors: no such',
    );
  });
});

it('a run keeps the newest checkpoint and the named ones', () => {
  const run = path.join(folder, 'run');
  for (const step of [5, 10, 15, 100_000_000]) {
    writeCheckpoint(checkpointFile(run, step), { ...checkpoint, step });
  }
  pruneCheckpoints(run, [5]);
  expect(listCheckpoints(run).map(({ step }) => step)).toEqual([5, 100_000_000]);
  expect(readdirSync(run).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

function headed(json: string): Uint8Array {
  const length = new Uint8Array(8);
  const body = Buffer.from(json);
  new DataView(length.buffer).setBigUint64(0, BigInt(body.length), true);
  return Buffer.concat([length, body]);
}
