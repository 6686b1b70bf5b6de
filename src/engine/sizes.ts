/**
 * From recordings of one function at a few sizes to its operations at any size.
 *
 * A recording is static: the sizes of its tensors are numbers in its constants, as in the shape of a
 * reshape. Recordings at different sizes are the same operations with different such numbers. Each
 * number is fitted by a polynomial of products of two sizes at most (rows · length, never length²),
 * and the fit is tested on a recording that it was not made from.
 */
import type { Constant, RecordedNode } from './recorder.ts';

/** Sizes of inputs by name, such as { rows: 16, length: 90 }. */
export type Sizes = Readonly<Record<string, number>>;

/** Σ factor · product of the named sizes. */
export interface Polynomial {
  readonly terms: readonly { readonly factor: number; readonly sizes: readonly string[] }[];
}

/** A constant whose values, or else whose shape, depend on the sizes. */
export type SizedConstant =
  | { readonly kind: 'integers'; readonly values: readonly Polynomial[]; readonly scalar: boolean }
  | { readonly kind: 'filled'; readonly constant: Constant; readonly shape: readonly Polynomial[] };

export interface SizedNode extends RecordedNode {
  readonly sized?: SizedConstant;
}

/** The constants of operations recorded at `sizes`, in their order. */
export interface SizedConstants {
  readonly sizes: Sizes;
  readonly constants: readonly Constant[];
}

/**
 * All that another recording of the same operations needs to be remembered by.
 * @throws Error naming the first operation that differs from `first`
 */
export function constantsOf(
  nodes: readonly RecordedNode[],
  first: readonly RecordedNode[],
  sizes: Sizes,
): SizedConstants {
  const different = first.find((node, i) => !sameOperation(node, nodes[i]));
  if (different !== undefined || nodes.length !== first.length) {
    const name = different?.name ?? nodes[first.length]!.name;
    throw new Error(`operation ${name} is another one at sizes ${JSON.stringify(sizes)}`);
  }
  return { sizes, constants: nodes.flatMap(({ constant }) => constant ?? []) };
}

/** Where a function must be recorded: what the fit needs, and last a point to test it on. */
export function samplePoints(smallest: Sizes): Sizes[] {
  const names = Object.keys(smallest);
  const grown = (some: readonly string[], by: number): Sizes => ({
    ...smallest,
    ...Object.fromEntries(some.map((name) => [name, smallest[name]! + by])),
  });
  if (names.length === 0) return [smallest];
  return [...products(names).map((some) => grown(some, 1)), grown(names, 2)];
}

/**
 * @param recordings at `samplePoints(smallest)`, in that order, the first of them of `nodes`
 * @throws Error naming a constant that sizes change in another way than the fit allows
 */
export function generalise(
  nodes: readonly RecordedNode[],
  recordings: readonly SizedConstants[],
): SizedNode[] {
  const points = recordings.map(({ sizes }) => sizes);
  let next = 0;
  return nodes.map((node) => {
    const { constant } = node;
    if (constant === undefined) return node;
    const at = next++;
    const all = recordings.map(({ constants }) => constants[at]!);
    if (all.every((other) => sameConstant(constant, other))) return node;
    const sized = sizedConstant(all, points);
    if (sized === null) throw new Error(`constant ${node.name} changes with the sizes`);
    return { ...node, sized };
  });
}

function sameOperation(node: RecordedNode, other: RecordedNode | undefined): boolean {
  return (
    other !== undefined &&
    node.name === other.name &&
    node.inputs.join() === other.inputs.join() &&
    Object.entries(node.attrs).every(([name, value]) => sameValues(value, other.attrs[name] ?? []))
  );
}

function sameConstant(a: Constant, b: Constant): boolean {
  return sameValues(a.shape, b.shape) && sameValues(a.values, b.values);
}

function sameValues(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((value, i) => Object.is(value, b[i]));
}

function sizedConstant(all: readonly Constant[], points: readonly Sizes[]): SizedConstant | null {
  const [first] = all as [Constant];
  const fitted = (numbers: readonly ArrayLike<number>[]): Polynomial[] | null => {
    const fits = Array.from(numbers[0]!, (_, i) =>
      fit(
        numbers.map((n) => n[i]!),
        points,
      ),
    );
    return fits.includes(null) ? null : (fits as Polynomial[]);
  };
  if (all.every(({ shape }) => sameValues(shape, first.shape))) {
    if (!(first.values instanceof Int32Array) || first.shape.length > 1) return null;
    const values = fitted(all.map(({ values }) => values));
    return values && { kind: 'integers', values, scalar: first.shape.length === 0 };
  }
  const [value] = first.values;
  const uniform = all.every(({ values }) => values.every((other) => other === value));
  const sameRank = all.every(({ shape }) => shape.length === first.shape.length);
  const shape = uniform && sameRank ? fitted(all.map(({ shape }) => shape)) : null;
  return shape && { kind: 'filled', constant: first, shape };
}

/** Finite differences: a term's factor is what its sizes, raised by one together, add. */
function fit(values: readonly number[], points: readonly Sizes[]): Polynomial | null {
  const names = Object.keys(points[0]!);
  const some = products(names);
  const smallest = points[0]!;
  // At the smallest sizes: Σ over subsets of ± the values there, by inclusion and exclusion.
  const differences = new Map<string, number>();
  some.forEach((subset) => {
    const sum = some.reduce((total, other, j) => {
      if (!other.every((name) => subset.includes(name))) return total;
      return total + (-1) ** (subset.length - other.length) * values[j]!;
    }, 0);
    differences.set(subset.join(), sum);
  });
  // f = Σ difference(S) · Π_{i∈S} (size_i − smallest_i), expanded.
  const factors = new Map(some.map((subset) => [subset.join(), 0]));
  for (const subset of some) {
    for (const kept of subsets(subset)) {
      const dropped = subset.filter((name) => !kept.includes(name));
      const constant = dropped.reduce((product, name) => product * -smallest[name]!, 1);
      const key = kept.join();
      factors.set(key, factors.get(key)! + differences.get(subset.join())! * constant);
    }
  }
  const terms = some
    .map((sizes) => ({ sizes, factor: factors.get(sizes.join())! }))
    .filter(({ factor }) => factor !== 0);
  const polynomial = { terms };
  const exact = points.every((sizes, i) => evaluate(polynomial, sizes) === values[i]);
  return exact ? polynomial : null;
}

export function evaluate({ terms }: Polynomial, sizes: Sizes): number {
  return terms.reduce(
    (sum, term) => sum + term.sizes.reduce((product, name) => product * sizes[name]!, term.factor),
    0,
  );
}

/** The sizes whose product a term may have: none, one or two. */
function products(names: readonly string[]): string[][] {
  return subsets(names).filter((some) => some.length <= 2);
}

/** All subsets, the empty one first, each in the order of `names`. */
function subsets(names: readonly string[]): string[][] {
  return names.reduce<string[][]>(
    (all, name) => [...all, ...all.map((subset) => [...subset, name])],
    [[]],
  );
}
