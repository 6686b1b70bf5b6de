/**
 * Tasks that occur twice and layouts that splits share, found by 64-bit hashes: 24 bytes a task,
 * and for a million tasks one chance in tens of millions that two different ones are taken for one.
 */
import { hash } from 'node:crypto';
import type { Examples } from './examples.ts';
import { listAt } from './examples.ts';

export interface Repetitions {
  /** Tasks whose prompt occurred before, in any of the splits. */
  readonly repeatedTasks: number;
  /** Different layouts in all splits. */
  readonly layouts: number;
  /** Layouts that occur in more than one split. */
  readonly sharedLayouts: number;
}

export interface RepetitionCounter {
  /** Rows of one split; beyond the room it has, they are no longer told apart. @throws RangeError */
  add(examples: Examples, split: number): void;
  repetitions(): Repetitions;
}

/** @param rows by split */
export function createRepetitionCounter(rows: readonly number[]): RepetitionCounter {
  const tasks = new BigUint64Array(rows.reduce((sum, count) => sum + count, 0));
  const layouts = rows.map((count) => new BigUint64Array(count));
  const filled = rows.map(() => 0);
  let taskCount = 0;
  return {
    add(examples, split) {
      layouts[split]!.set(examples.layout, filled[split]);
      filled[split]! += examples.count;
      for (let row = 0; row < examples.count; row++) {
        tasks[taskCount++] = fingerprint(listAt(examples.prompt, row));
      }
    },
    repetitions() {
      const distinct = layouts.map((hashes, split) =>
        withoutRepetition(hashes.subarray(0, filled[split])),
      );
      const all = new BigUint64Array(distinct.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const hashes of distinct) {
        all.set(hashes, at);
        at += hashes.length;
      }
      all.sort();
      const found = tasks.subarray(0, taskCount);
      return {
        repeatedTasks: taskCount - withoutRepetition(found).length,
        layouts: all.reduce((sum, hash, i) => sum + (hash === all[i - 1] ? 0 : 1), 0),
        // Each is counted at its second place.
        sharedLayouts: all.reduce(
          (sum, hash, i) => sum + (hash === all[i - 1] && hash !== all[i - 2] ? 1 : 0),
          0,
        ),
      };
    },
  };
}

function fingerprint(ids: Uint16Array): bigint {
  const bytes = new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
  return hash('sha256', bytes, 'buffer').readBigUInt64LE();
}

/** Sorts in place; the different ones come first. */
function withoutRepetition(hashes: BigUint64Array): BigUint64Array {
  hashes.sort();
  let kept = 0;
  for (let i = 0; i < hashes.length; i++) {
    if (i === 0 || hashes[i] !== hashes[kept - 1]) hashes[kept++] = hashes[i]!;
  }
  return hashes.subarray(0, kept);
}
