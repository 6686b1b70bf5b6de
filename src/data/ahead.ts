/**
 * Parts of blocks that are finished, and wait for those before them. Parts of blocks that take long
 * are kept on the disk too.
 */
import { readShard, writeShard } from './dataset.ts';
import { copyOfExamples, createExampleBuffer, exampleAt } from './examples.ts';
import type { Progress, SavedParts } from './progress.ts';
import { BLOCK, endOf, type Part, type Start } from './proposals.ts';

export interface Ahead {
  add(part: Part): void;
  /** The part of a block that begins at proposal `from`, which waits no longer. */
  take(block: number, from: number): Part | undefined;
  /** Where the blocks go on of which parts wait. */
  starts(): ReadonlyMap<number, Start>;
  hasUnsaved(): boolean;
  /** Writes what is not on the disk yet, and notes it in the progress. @throws InputError if the disk is full */
  save(): void;
}

/** Token ids that one save writes at most, unless a single part has more: the rest waits. */
const TOKENS_AT_ONCE = 4_000_000;

/** @param progress is kept up to date @throws InputError if a file that it names is damaged */
export function createAhead(folder: string, progress: Progress): Ahead {
  const waiting = new Map<number, Part[]>();
  const saved = new WeakSet<Part>();

  const add = (part: Part): void => {
    const before = waiting.get(part.block);
    if (before === undefined) waiting.set(part.block, [part]);
    else before.push(part);
  };
  const isTaken = ({ block, to }: { readonly block: number; readonly to: number }): boolean =>
    block < progress.block || (block === progress.block && to <= progress.start.offset);

  for (const part of progress.ahead.flatMap((file) => readParts(folder, file))) {
    if (isTaken(part)) continue;
    saved.add(part);
    add(part);
  }

  /** In the order in which they are wanted. */
  const unsaved = (): Part[] => {
    const result: Part[] = [];
    let tokens = 0;
    for (const block of [...waiting.keys()].sort((a, b) => a - b)) {
      for (const part of waiting.get(block)!) {
        // A whole block in one part is sooner made again than written.
        if (saved.has(part) || part.to - part.from === BLOCK) continue;
        if (tokens > TOKENS_AT_ONCE) return result;
        tokens += part.examples.reasoning.ids.length;
        result.push(part);
      }
    }
    return result;
  };

  return {
    add,
    take(block, from) {
      const parts = waiting.get(block);
      if (parts?.[0]?.from !== from) return undefined;
      const part = parts.shift();
      if (parts.length === 0) waiting.delete(block);
      return part;
    },
    starts: () => new Map([...waiting].map(([block, parts]) => [block, endOf(parts.at(-1)!)])),
    hasUnsaved: () => unsaved().length > 0,
    save() {
      progress.ahead = progress.ahead.filter(({ parts }) => !parts.every(isTaken));
      const parts = unsaved();
      if (parts.length === 0) return;
      progress.ahead = [...progress.ahead, writeParts(folder, parts)];
      for (const part of parts) saved.add(part);
    },
  };
}

function writeParts(folder: string, parts: readonly Part[]): SavedParts {
  const buffer = createExampleBuffer();
  for (const { examples } of parts) {
    for (let i = 0; i < examples.count; i++) buffer.add(exampleAt(examples, i));
  }
  const { block, from } = parts[0]!;
  return {
    rows: writeShard(folder, `ahead-${block}-${from}.parquet`, buffer.view()),
    parts: parts.map(({ block, from, to, kept, unsolvable, tooLong, streams }) => ({
      block,
      from,
      to,
      kept: [...kept],
      unsolvable: [...unsolvable],
      tooLong: [...tooLong],
      streams,
    })),
  };
}

function readParts(folder: string, { rows, parts }: SavedParts): Part[] {
  const examples = readShard(folder, rows);
  let row = 0;
  return parts.map(({ kept, unsolvable, tooLong, ...place }) => {
    const first = row;
    for (const count of kept) row += count;
    return {
      ...place,
      examples: copyOfExamples(examples, first, row),
      kept: Uint16Array.from(kept),
      unsolvable: Uint16Array.from(unsolvable),
      tooLong: Uint16Array.from(tooLong),
    };
  });
}
