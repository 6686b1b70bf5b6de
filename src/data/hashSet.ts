/**
 * A set of 64-bit hashes in 16 to 32 bytes each, by open addressing with linear probing. (A
 * `Set<bigint>` takes about three times as much, and cannot hold more than 16.7 million.)
 */
export interface HashSet {
  readonly size: number;
  has(hash: bigint): boolean;
  add(hash: bigint): void;
}

/** Hashes must be evenly spread in their lower 32 bits. */
export function createHashSet(): HashSet {
  let slots = new BigUint64Array(SMALLEST);
  /** Without zero, which marks an empty slot. */
  let filled = 0;
  let hasZero = false;

  const slotOf = (hash: bigint): number => {
    const mask = slots.length - 1;
    let slot = Number(hash & 0xffff_ffffn) & mask;
    while (slots[slot] !== 0n && slots[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  };
  const grow = (): void => {
    const old = slots;
    slots = new BigUint64Array(2 * old.length);
    for (const hash of old) if (hash !== 0n) slots[slotOf(hash)] = hash;
  };

  return {
    get size() {
      return filled + Number(hasZero);
    },
    has: (hash) => (hash === 0n ? hasZero : slots[slotOf(hash)] === hash),
    add(hash) {
      if (hash === 0n) {
        hasZero = true;
        return;
      }
      const slot = slotOf(hash);
      if (slots[slot] === hash) return;
      slots[slot] = hash;
      if (++filled > slots.length / 2) grow();
    },
  };
}

/** A power of two. */
const SMALLEST = 1024;
