/**
 * Steps of self-attention to what rows remember: what the kit's own operation makes of them, and what
 * they are in double precision. Tables are [R, columns, D] here, however they lie in memory.
 */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect } from 'vitest';
import {
  dot,
  outputsOf,
  packPairs,
  randomFloats,
  seeds,
  toBfloat16,
  unpackPairs,
} from './kernels.ts';

/** Columns of a block. */
const BLOCK = 32;

interface StepShape {
  readonly seed: number;
  readonly rows: number;
  readonly blocks: number;
  readonly heads: number;
  readonly headDim: number;
  /** Which the new position has. */
  readonly column: number;
  /** Of a run, which began as many columns earlier, and for how many rounds there are angles. */
  readonly round: number;
  readonly rounds: number;
  /** The columns at which rows begin. */
  readonly start: readonly number[];
  /** Which rows see themselves alone. */
  readonly ended: readonly boolean[];
  readonly halved: boolean;
}

export function steps(halved: boolean): fc.Arbitrary<StepShape> {
  const shapes = fc.record({
    seed: seeds,
    rows: fc.integer({ min: 1, max: 9 }),
    blocks: fc.integer({ min: 1, max: 3 }),
    heads: fc.integer({ min: 1, max: 3 }),
    headDim: fc.constantFrom(2, 6, 16, 24, 64),
  });
  return shapes.chain(({ rows, blocks, ...others }) =>
    fc.nat({ max: blocks * BLOCK - 1 }).chain((column) => {
      const byRow = { minLength: rows, maxLength: rows };
      const run = fc.record({
        round: fc.nat({ max: Math.min(column, 4) }),
        later: fc.nat({ max: 3 }),
        start: fc.array(fc.nat({ max: column }), byRow),
        ended: fc.array(fc.boolean(), byRow),
      });
      return run.map(({ later, ...run }) => {
        return { ...others, ...run, rounds: run.round + 1 + later, rows, blocks, column, halved };
      });
    }),
  );
}

interface Place {
  readonly row: number;
  readonly column: number;
  /** Of D. */
  readonly i: number;
}

/** In tables [R, columns, D], which the tests think in. */
function flat({ blocks, heads, headDim }: StepShape, { row, column, i }: Place): number {
  return (row * blocks * BLOCK + column) * heads * headDim + i;
}

function forEachPlace(
  { rows, blocks, heads, headDim }: StepShape,
  visit: (place: Place) => void,
): void {
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < blocks * BLOCK; column++)
      for (let i = 0; i < heads * headDim; i++) visit({ row, column, i });
}

/** Where the new position lies in tables [R, columns, D]. */
export function newColumn(step: StepShape): number[] {
  const { rows, heads, headDim, column } = step;
  const dim = heads * headDim;
  return Array.from({ length: rows * dim }, (_, at) =>
    flat(step, { row: Math.floor(at / dim), column, i: at % dim }),
  );
}

/** Where numbers lie in the memory of the operation; of pairs, each counts. */
function places(step: StepShape): Record<'keys' | 'values', (place: Place) => number> {
  const { blocks, heads, headDim, halved } = step;
  const dim = heads * headDim;
  const block = ({ row, column }: Place): number => row * blocks + Math.floor(column / BLOCK);
  return {
    keys(at) {
      const within = at.column % BLOCK;
      if (!halved) return (block(at) * dim + at.i) * BLOCK + within;
      const word = ((block(at) * dim) / 2 + Math.floor(at.i / 2)) * BLOCK + within;
      return 2 * word + (at.i % 2);
    },
    values(at) {
      const within = at.column % BLOCK;
      if (!halved) return (block(at) * BLOCK + within) * dim + at.i;
      const word = ((block(at) * BLOCK) / 2 + Math.floor(within / 2)) * dim + at.i;
      return 2 * word + (within % 2);
    },
  };
}

const rounding = ({ halved }: StepShape): ((x: number) => number) =>
  halved ? toBfloat16 : (x) => x;

/** What the operation is given, by name; tables are full, also where a row has not been. */
function given(step: StepShape) {
  const { seed, rows, blocks, heads, headDim } = step;
  const dim = heads * headDim;
  const floats = (name: string, count: number, scale = 1): Float32Array =>
    randomFloats(`${seed} ${name}`, { count, scale });
  const table = (name: string): Float32Array =>
    floats(name, rows * blocks * BLOCK * dim).map(rounding(step));
  const angles = floats('angles', headDim / 2, 100);
  const ofAngle = (of: (angle: number) => number): Float32Array =>
    Float32Array.from({ length: headDim }, (_, i) => of(angles[Math.floor(i / 2)]!));
  return {
    joint: floats('joint', rows * 3 * dim, 2),
    keys: table('keys'),
    values: table('values'),
    cosine: ofAngle(Math.cos),
    sine: ofAngle(Math.sin),
  };
}

/** Query, key and value of the new position [R, D], rotated in pairs of neighbours. */
export function newest(step: StepShape): Record<'query' | 'key' | 'value', number[]> {
  const { rows, heads, headDim } = step;
  const dim = heads * headDim;
  const { joint, cosine, sine } = given(step);
  const round = rounding(step);
  const part = (which: number, of: (x: Float32Array, i: number) => number): number[] =>
    Array.from({ length: rows * dim }, (_, at) => {
      const from = Math.floor(at / dim) * 3 * dim + which * dim;
      return of(joint.subarray(from, from + dim), at % dim);
    });
  const turned = (x: Float32Array, i: number): number => {
    const at = i % headDim;
    const neighbour = i % 2 === 0 ? -x[i + 1]! : x[i - 1]!;
    return x[i]! * cosine[at]! + neighbour * sine[at]!;
  };
  return {
    query: part(0, (x, i) => round(turned(x, i) / Math.sqrt(headDim))),
    key: part(1, (x, i) => round(turned(x, i))),
    value: part(2, (x, i) => round(x[i]!)),
  };
}

/** By the operation, and in double precision. */
export function attend(step: StepShape) {
  const { rows, blocks, heads, headDim, column, round, rounds, start, ended, halved } = step;
  const dim = heads * headDim;
  const { joint, keys, values, cosine, sine } = given(step);
  const place = places(step);
  const stored = (table: Float32Array, name: 'keys' | 'values'): Float32Array | Int32Array => {
    const numbers = new Array<number>(table.length);
    forEachPlace(step, (at) => (numbers[place[name](at)] = table[flat(step, at)]!));
    return halved ? packPairs(numbers) : Float32Array.from(numbers);
  };
  const read = (table: Float32Array | Int32Array, name: 'keys' | 'values'): Float32Array => {
    const numbers = halved ? unpackPairs(table as Int32Array) : table;
    const plain = new Float32Array(numbers.length);
    forEachPlace(step, (at) => (plain[flat(step, at)] = numbers[place[name](at)]!));
    return plain;
  };
  const dtype = halved ? 'int32' : 'float32';
  const perWord = halved ? 2 : 1;
  // Those of other rounds would show.
  const byRound = (own: Float32Array): tf.Tensor => {
    const table = new Float32Array(rounds * headDim).fill(NaN);
    table.set(own, round * headDim);
    return tf.tensor2d(table, [rounds, headDim]);
  };
  const outputs = outputsOf(
    'KitPastAttention',
    () => [
      tf.tensor3d(joint, [rows, 1, 3 * dim]),
      tf.tensor4d(stored(keys, 'keys'), [rows, blocks, dim / perWord, BLOCK], dtype),
      tf.tensor4d(stored(values, 'values'), [rows, blocks, BLOCK / perWord, dim], dtype),
      tf.scalar(column - round, 'int32'),
      tf.scalar(round, 'int32'),
      tf.tensor1d([...start], 'int32'),
      tf.tensor1d([...ended], 'bool'),
      byRound(cosine),
      byRound(sine),
    ],
    { integers: { heads }, types: { T: dtype }, outputs: 3 },
  );
  expect(outputs[0]!.shape).toEqual([rows, heads, 1, headDim]);

  const { query, key, value } = newest(step);
  const rounded = rounding(step);
  const expected = query.map((_, at) => {
    const [row, i] = [Math.floor(at / dim), at % dim];
    const first = i - (i % headDim);
    const begin = ended[row] ? column : start[row]!;
    const numberAt = (at: number, j: number, which: 'keys' | 'values'): number => {
      if (at === column) return (which === 'keys' ? key : value)[row * dim + j]!;
      return (which === 'keys' ? keys : values)[flat(step, { row, column: at, i: j })]!;
    };
    const scores = Array.from({ length: column - begin + 1 }, (_, n) =>
      dot(headDim, (j) => {
        return query[row * dim + first + j]! * numberAt(begin + n, first + j, 'keys');
      }),
    );
    const most = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - most));
    const total = weights.reduce((a, b) => a + b);
    const sum = dot(weights.length, (n) => rounded(weights[n]!) * numberAt(begin + n, i, 'values'));
    return sum / total;
  });
  return {
    attended: outputs[0]!.values,
    expected,
    before: { keys, values },
    after: { keys: read(outputs[1]!.values, 'keys'), values: read(outputs[2]!.values, 'values') },
  };
}
