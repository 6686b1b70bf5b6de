/** The memory of a search: typed arrays that grow, counted to the byte against a limit. */
import { lengthened as longerCopy, type Items } from './growable.ts';
import { InputError } from './inputError.ts';

export interface Memory {
  /** Bytes of the arrays that are in use. */
  readonly bytes: number;
  /** Counts a small array from now on, and returns it. @throws MemoryLimitReached */
  counted<T extends Items>(items: T): T;
  /**
   * A copy that takes the place of `items`: with room for `length`, filled up with `fill`. While
   * it is made, both count. @throws MemoryLimitReached; InputError if the machine has no more
   */
  lengthened<T extends Items>(items: T, length: number, fill?: number): T;
}

/** A search needs more memory than it may have. */
export class MemoryLimitReached extends InputError {}

export const GIB = 2 ** 30;

/** @param limit bytes; `bytes` never exceeds it */
export function createMemory(limit = GIB): Memory {
  let bytes = 0;

  const take = (size: number): void => {
    if (bytes + size > limit) {
      throw new MemoryLimitReached(`the search needs more than ${limit / GIB} GiB of memory`);
    }
    bytes += size;
  };
  return {
    get bytes() {
      return bytes;
    },
    counted(items) {
      take(items.byteLength);
      return items;
    },
    lengthened(items, length, fill) {
      const size = length * items.BYTES_PER_ELEMENT;
      take(size);
      try {
        const longer = longerCopy(items, length, fill);
        bytes -= items.byteLength;
        return longer;
      } catch (error) {
        bytes -= size;
        if (!(error instanceof RangeError)) throw error;
        throw new InputError('the search needs more memory than this machine gives');
      }
    },
  };
}
