/**
 * Numbers tuples of cells in the order in which they are first seen: a hash table with open
 * addressing and linear probing over one flat array, so that a search over a million states
 * allocates a few typed arrays and no objects.
 */
import { createMemory } from '../memory.ts';

export interface TupleTable {
  /** The number of `tuple`, a new one if it was never seen. */
  intern(tuple: Int32Array): number;
  /** Copies tuple number `id` into `into`. */
  read(id: number, into: Int32Array): void;
  readonly size: number;
}

/** A table of tuples of `stride` cells below 65,536 each. */
export function createTupleTable(stride: number, memory = createMemory()): TupleTable {
  let size = 0;
  let tuples = memory.counted(new Uint16Array(256 * stride));
  let slots = memory.counted(new Int32Array(512).fill(EMPTY));
  let mask = slots.length - 1;

  /** Doubles the slots when half of them are taken. */
  function grow(): void {
    tuples = memory.lengthened(tuples, 2 * tuples.length);
    slots = memory.lengthened(slots, 2 * slots.length).fill(EMPTY);
    mask = slots.length - 1;
    for (let id = 0; id < size; id++) {
      let slot = hash(tuples, id * stride, stride) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
  }

  return {
    intern(tuple) {
      let slot = hash(tuple, 0, stride) & mask;
      for (; slots[slot] !== EMPTY; slot = (slot + 1) & mask) {
        const offset = slots[slot]! * stride;
        let same = 0;
        while (same < stride && tuples[offset + same] === tuple[same]) same++;
        if (same === stride) return slots[slot]!;
      }
      slots[slot] = size;
      for (let i = 0; i < stride; i++) tuples[size * stride + i] = tuple[i]!;
      size++;
      if (2 * size === slots.length) grow();
      return size - 1;
    },
    read(id, into) {
      const offset = id * stride;
      for (let i = 0; i < stride; i++) into[i] = tuples[offset + i]!;
    },
    get size() {
      return size;
    },
  };
}

const EMPTY = -1;

/** Multiplicative hashing by 2^32 / golden ratio, mixed after each cell; a 32-bit integer. */
function hash(cells: Int32Array | Uint16Array, offset: number, length: number): number {
  let mixed = length;
  for (let i = 0; i < length; i++) {
    mixed = Math.imul(mixed ^ cells[offset + i]!, 0x9e3779b1);
    mixed ^= mixed >>> 15;
  }
  return mixed;
}
