/** Datasets as they lie on the disk: a manifest and the Parquet shards that it names. */
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import { sha256, writeFileAtomic } from '../files.ts';
import { readBytes } from '../reading.ts';
import { allocateExamples, copyExamples, type Example, exampleAt } from './examples.ts';
import { type Examples, tokenCounts } from './examples.ts';
import { type Manifest, readManifest, type Shard, type SplitName, SPLITS } from './manifest.ts';
import { fromParquet, layoutsFromParquet, toParquet } from './parquet.ts';

export { type Example, exampleAt, type Examples, firstExamples } from './examples.ts';
export { datasetChecksum, type Manifest, readManifest, type SplitName } from './manifest.ts';

/** Places in a split are 32 bits wide. */
const MOST = 2 ** 32;

/**
 * All examples of a split, about two bytes a token.
 *
 * @throws InputError naming the file that is missing, truncated or changed, or if it is too large
 */
export function readSplit(folder: string, name: SplitName): Examples {
  const { rows, tokens, shards } = readManifest(folder).splits[name];
  if (Math.max(rows, ...Object.values(tokens)) >= MOST) {
    throw new InputError(
      `${folder}: its ${name} split has more than ${MOST.toLocaleString('en')} tokens of a kind: ` +
        'too many to be read as a whole',
    );
  }
  const examples = allocateExamples(rows, tokens);
  let row = 0;
  for (const shard of shards) {
    copyExamples(examples, readShard(folder, shard), row);
    row += shard.rows;
  }
  return examples;
}

/**
 * One example of a split, for which only its shard is read, and little of that unpacked.
 *
 * @throws InputError naming the file that is missing, truncated or changed; RangeError
 */
export function readExample(folder: string, name: SplitName, index: number): Example {
  const { rows, shards } = readManifest(folder).splits[name];
  if (!(index >= 0 && index < rows)) throw new RangeError(`no example ${index}: there are ${rows}`);
  let [shard, offset] = [0, index];
  for (; offset >= shards[shard]!.rows; shard++) offset -= shards[shard]!.rows;
  const file = path.join(folder, shards[shard]!.file);
  const found = fromParquet(readChecked(folder, shards[shard]!), file, { offset, limit: 1 });
  if (found.count !== 1) throw otherRows(file);
  return exampleAt(found, 0);
}

/** @throws InputError if the disk is full */
export function writeShard(folder: string, file: string, examples: Examples): Shard {
  const bytes = toParquet(examples);
  writeFileAtomic(path.join(folder, file), bytes);
  const tokens = tokenCounts(examples);
  return { file, rows: examples.count, tokens, bytes: bytes.length, sha256: sha256(bytes) };
}

/** @throws InputError naming the first file that is missing, truncated or changed */
export function checkShards(folder: string, { splits }: Manifest): void {
  for (const name of SPLITS) {
    for (const shard of splits[name].shards) readChecked(folder, shard);
  }
}

/** @throws InputError if the file is not exactly what the manifest says */
export function readShard(folder: string, shard: Shard): Examples {
  const file = path.join(folder, shard.file);
  const examples = fromParquet(readChecked(folder, shard), file);
  const counts = JSON.stringify([examples.count, tokenCounts(examples)]);
  if (counts !== JSON.stringify([shard.rows, shard.tokens])) {
    throw otherRows(file);
  }
  return examples;
}

/** The `layout` of each row, ten times sooner than all. @throws InputError as `readShard` */
export async function readLayouts(folder: string, shard: Shard): Promise<BigUint64Array> {
  const file = path.join(folder, shard.file);
  const layouts = await layoutsFromParquet(readChecked(folder, shard), file);
  if (layouts.length !== shard.rows) throw otherRows(file);
  return layouts;
}

function otherRows(file: string): InputError {
  return new InputError(`${file}: rows or tokens are not those of the manifest`);
}

/** The bytes of a shard, of the right size and checksum. */
function readChecked(folder: string, shard: Shard): Uint8Array<ArrayBuffer> {
  const file = path.join(folder, shard.file);
  const bytes = readBytes(file);
  if (bytes.length !== shard.bytes) {
    throw new InputError(`${file}: has ${bytes.length} bytes, ${shard.bytes} by the manifest`);
  }
  if (sha256(bytes) !== shard.sha256) {
    throw new InputError(`${file}: was changed: its checksum is not the one of the manifest`);
  }
  return bytes;
}
