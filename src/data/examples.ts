/** Examples as parallel columns of typed arrays: what a split is in memory, and a shard on disk. */

/** One example; the arrays may be views into a split. */
export interface Example {
  /** Counts from 0 within a split. */
  readonly id: number;
  /** Cells. */
  readonly width: number;
  readonly height: number;
  /** Cells that are walls, a border included. */
  readonly walls: number;
  /** Positions of the plan, start included. */
  readonly optimalLength: number;
  /** Rows of the search log that create a state, and that close one. */
  readonly created: number;
  readonly expanded: number;
  /** Hash of what splits may not share. */
  readonly layout: bigint;
  /** Token ids without bos and eos. */
  readonly prompt: Uint16Array;
  readonly reasoning: Uint16Array;
  readonly plan: Uint16Array;
}

/** Lists of token ids, one after another. */
export interface TokenLists {
  readonly ids: Uint16Array;
  /** [count + 1] List i is ids[offsets[i]] … ids[offsets[i + 1] − 1]. */
  readonly offsets: Uint32Array;
}

export interface Examples {
  readonly count: number;
  readonly id: Uint32Array;
  readonly width: Uint16Array;
  readonly height: Uint16Array;
  readonly walls: Uint16Array;
  readonly optimalLength: Uint32Array;
  readonly created: Uint32Array;
  readonly expanded: Uint32Array;
  readonly layout: BigUint64Array;
  readonly prompt: TokenLists;
  readonly reasoning: TokenLists;
  readonly plan: TokenLists;
}

export const TOKEN_COLUMNS = ['prompt', 'reasoning', 'plan'] as const;
export const SCALAR_COLUMNS = [
  'id',
  'width',
  'height',
  'walls',
  'optimalLength',
  'created',
  'expanded',
  'layout',
] as const;

/** How many ids the lists of some examples hold together. */
export type TokenCounts = Readonly<Record<(typeof TOKEN_COLUMNS)[number], number>>;

export function tokenCounts(examples: Examples): TokenCounts {
  const { prompt, reasoning, plan } = examples;
  return { prompt: prompt.ids.length, reasoning: reasoning.ids.length, plan: plan.ids.length };
}

/** Views of the i-th example. @throws RangeError */
export function exampleAt(examples: Examples, i: number): Example {
  if (!(i >= 0 && i < examples.count)) {
    throw new RangeError(`no example ${i}: there are ${examples.count}`);
  }
  return {
    id: examples.id[i]!,
    width: examples.width[i]!,
    height: examples.height[i]!,
    walls: examples.walls[i]!,
    optimalLength: examples.optimalLength[i]!,
    created: examples.created[i]!,
    expanded: examples.expanded[i]!,
    layout: examples.layout[i]!,
    prompt: listAt(examples.prompt, i),
    reasoning: listAt(examples.reasoning, i),
    plan: listAt(examples.plan, i),
  };
}

export function listAt({ ids, offsets }: TokenLists, i: number): Uint16Array {
  return ids.subarray(offsets[i], offsets[i + 1]);
}

/** Views of the first `count` examples. @throws RangeError if there are fewer */
export function firstExamples(examples: Examples, count: number): Examples {
  if (!(count >= 0 && count <= examples.count)) {
    throw new RangeError(`the first ${count} of ${examples.count} examples`);
  }
  const rows = <T extends { subarray(from: number, to: number): T }>(column: T): T =>
    column.subarray(0, count);
  const lists = ({ ids, offsets }: TokenLists): TokenLists => ({
    ids: ids.subarray(0, offsets[count]),
    offsets: offsets.subarray(0, count + 1),
  });
  return {
    count,
    id: rows(examples.id),
    width: rows(examples.width),
    height: rows(examples.height),
    walls: rows(examples.walls),
    optimalLength: rows(examples.optimalLength),
    created: rows(examples.created),
    expanded: rows(examples.expanded),
    layout: rows(examples.layout),
    prompt: lists(examples.prompt),
    reasoning: lists(examples.reasoning),
    plan: lists(examples.plan),
  };
}

/** Examples `from` … `to` − 1, in memory of their own. @throws RangeError if there are fewer */
export function copyOfExamples(examples: Examples, from: number, to: number): Examples {
  const buffer = createExampleBuffer();
  for (let i = from; i < to; i++) buffer.add(exampleAt(examples, i));
  return buffer.examples();
}

/** Room for `count` examples, all zero. */
export function allocateExamples(count: number, tokens: TokenCounts): Examples {
  const lists = (length: number): TokenLists => ({
    ids: new Uint16Array(length),
    offsets: new Uint32Array(count + 1),
  });
  return {
    count,
    id: new Uint32Array(count),
    width: new Uint16Array(count),
    height: new Uint16Array(count),
    walls: new Uint16Array(count),
    optimalLength: new Uint32Array(count),
    created: new Uint32Array(count),
    expanded: new Uint32Array(count),
    layout: new BigUint64Array(count),
    prompt: lists(tokens.prompt),
    reasoning: lists(tokens.reasoning),
    plan: lists(tokens.plan),
  };
}

/**
 * Copies all of `source` into `target` from row `at` on; the rows before must be there already.
 * @throws RangeError if there is no room
 */
export function copyExamples(target: Examples, source: Examples, at: number): void {
  for (const name of SCALAR_COLUMNS) {
    if (name === 'layout') target.layout.set(source.layout, at);
    else target[name].set(source[name], at);
  }
  for (const name of TOKEN_COLUMNS) {
    const { ids, offsets } = target[name];
    const first = offsets[at]!;
    ids.set(source[name].ids, first);
    for (let i = 1; i <= source.count; i++) offsets[at + i] = first + source[name].offsets[i]!;
  }
}

/** Collects examples row by row. */
export interface ExampleBuffer {
  readonly count: number;
  /** Token ids in all lists. */
  readonly tokens: number;
  /** Copies the example, with another id if one is given. */
  add(example: Example, id?: number): void;
  /** The rows so far, in memory of their own. */
  examples(): Examples;
  /** The rows so far, valid until the next change. */
  view(): Examples;
  clear(): void;
}

export function createExampleBuffer(): ExampleBuffer {
  let room = allocateExamples(256, { prompt: 4096, reasoning: 4096, plan: 4096 });
  let count = 0;

  const used = (name: (typeof TOKEN_COLUMNS)[number]): number => room[name].offsets[count]!;

  const view = (): Examples => firstExamples(room, count);

  const copyInto = (rows: number, tokens: TokenCounts): Examples => {
    const copy = allocateExamples(rows, tokens);
    copyExamples(copy, view(), 0);
    return copy;
  };

  /** Doubles whatever is too small for one more example. */
  const makeRoom = (example: Example): void => {
    const needed = (name: (typeof TOKEN_COLUMNS)[number]): number =>
      used(name) + example[name].length;
    const fits =
      count < room.count && TOKEN_COLUMNS.every((name) => needed(name) <= room[name].ids.length);
    if (fits) return;
    const grown = (capacity: number, length: number): number =>
      length <= capacity ? capacity : 2 * length;
    room = copyInto(grown(room.count, count + 1), {
      prompt: grown(room.prompt.ids.length, needed('prompt')),
      reasoning: grown(room.reasoning.ids.length, needed('reasoning')),
      plan: grown(room.plan.ids.length, needed('plan')),
    });
  };

  return {
    get count() {
      return count;
    },
    get tokens() {
      return used('prompt') + used('reasoning') + used('plan');
    },
    add(example, id = example.id) {
      makeRoom(example);
      for (const name of SCALAR_COLUMNS) {
        if (name === 'layout') room.layout[count] = example.layout;
        else room[name][count] = example[name];
      }
      room.id[count] = id;
      for (const name of TOKEN_COLUMNS) {
        const { ids, offsets } = room[name];
        ids.set(example[name], offsets[count]);
        offsets[count + 1] = offsets[count]! + example[name].length;
      }
      count++;
    },
    examples: () =>
      copyInto(count, { prompt: used('prompt'), reasoning: used('reasoning'), plan: used('plan') }),
    view,
    clear() {
      count = 0;
    },
  };
}
