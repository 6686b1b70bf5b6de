/** Rows that do not fill a shard yet: all of them in memory, and on the disk what was saved. */
import { readShard, writeShard } from './dataset.ts';
import { copyOfExamples, createExampleBuffer, type Example, exampleAt } from './examples.ts';
import type { Examples } from './examples.ts';
import type { Shard } from './manifest.ts';

export interface PendingRows {
  readonly count: number;
  /** Token ids of all rows. */
  readonly tokens: number;
  add(example: Example, id: number): void;
  /** All rows, valid until the next change. */
  view(): Examples;
  clear(): void;
  /**
   * Writes the rows that are on no file yet to a new one, `file`.
   *
   * @returns the files that hold all rows, in their order @throws InputError if the disk is full
   */
  save(file: string): Shard[];
}

/** @param files what `save` returned last @throws InputError if one of them is damaged */
export function createPendingRows(folder: string, files: readonly Shard[]): PendingRows {
  const buffer = createExampleBuffer();
  const saved = [...files];
  for (const shard of saved) {
    const rows = readShard(folder, shard);
    for (let i = 0; i < rows.count; i++) buffer.add(exampleAt(rows, i));
  }
  return {
    get count() {
      return buffer.count;
    },
    get tokens() {
      return buffer.tokens;
    },
    add: (example, id) => buffer.add(example, id),
    view: () => buffer.view(),
    clear() {
      buffer.clear();
      saved.length = 0;
    },
    save(file) {
      let from = saved.reduce((sum, { rows }) => sum + rows, 0);
      if (from === buffer.count) return [...saved];
      // The new file takes in those before it that are not at least twice as long. So there are few
      // files, and a row is written about as often as the rows can be halved.
      while (saved.length > 0 && saved.at(-1)!.rows < 2 * (buffer.count - from)) {
        from -= saved.pop()!.rows;
      }
      saved.push(writeShard(folder, file, copyOfExamples(buffer.view(), from, buffer.count)));
      return [...saved];
    },
  };
}
