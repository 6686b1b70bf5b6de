/** A round's training data as an ordinary data set: a training split and no other. */
import path from 'node:path';
import { createExampleBuffer, exampleAt, type Examples, tokenCounts } from '../data/examples.ts';
import { COLUMN_MEANINGS, type Manifest, SCHEMA_VERSION, type Shard } from '../data/manifest.ts';
import { writeManifest } from '../data/manifest.ts';
import { toParquet } from '../data/parquet.ts';
import { SHARD_ROWS, SHARD_TOKENS } from '../data/splitWriter.ts';
import { removeLeftovers, sha256, writeFileAtomic } from '../files.ts';

/** @param tasks the manifest of the data set that the tasks are from */
export function writeSelectedData(folder: string, examples: Examples, tasks: Manifest): void {
  removeLeftovers(folder);
  const shards = [...piecesOf(examples)].map((piece, number): Shard => {
    const file = `train-${String(number).padStart(5, '0')}.parquet`;
    const bytes = toParquet(piece);
    writeFileAtomic(path.join(folder, file), bytes);
    const [rows, tokens] = [piece.count, tokenCounts(piece)];
    return { file, rows, tokens, bytes: bytes.length, sha256: sha256(bytes) };
  });
  const none = { rows: 0, tokens: { prompt: 0, reasoning: 0, plan: 0 }, shards: [] };
  const { count: rows } = examples;
  const nothing = { proposals: 0, withoutTask: 0, duplicates: 0, unsolvable: 0, tooLong: 0 };
  writeManifest(folder, {
    schemaVersion: SCHEMA_VERSION,
    settings: { ...tasks.settings, trainCount: rows, validationCount: 0, testCount: 0 },
    vocabulary: tasks.vocabulary,
    splits: {
      train: { rows, tokens: tokenCounts(examples), shards },
      validation: none,
      test: none,
    },
    generation: { ...nothing, kept: rows },
    longest: longestOf(examples),
    columns: {
      ...COLUMN_MEANINGS,
      id: 'uint32: the id of the task in the data set that it is from',
      created: 'uint32: create clauses of the trace',
      expanded: 'uint32: close clauses of the trace',
      reasoning: "list<uint16>: token ids of a trace, the model's own or A*'s",
    },
  });
}

/** As large as shards of generated data sets. */
function* piecesOf(examples: Examples): Generator<Examples> {
  const buffer = createExampleBuffer();
  for (let row = 0; row < examples.count; row++) {
    buffer.add(exampleAt(examples, row));
    const isLast = row === examples.count - 1;
    if (!isLast && buffer.count < SHARD_ROWS && buffer.tokens < SHARD_TOKENS) continue;
    yield buffer.view();
    buffer.clear();
  }
}

function longestOf({ count, prompt, reasoning, plan }: Examples): Manifest['longest'] {
  const longest = { prompt: 0, response: 0 };
  for (let row = 0; row < count; row++) {
    const length = ({ offsets }: Examples['prompt']): number => offsets[row + 1]! - offsets[row]!;
    longest.prompt = Math.max(longest.prompt, length(prompt));
    longest.response = Math.max(longest.response, length(reasoning) + length(plan));
  }
  return longest;
}
