/** Typed arrays that are copied into longer ones. */
export type Items = Uint8Array | Uint16Array | Int32Array | Float64Array;

/** A copy of `items` with room for `length`, filled up with `fill`. */
export function lengthened<T extends Items>(items: T, length: number, fill = 0): T {
  const longer = new (items.constructor as new (length: number) => T)(length);
  longer.set(items);
  return longer.fill(fill, items.length) as T;
}
