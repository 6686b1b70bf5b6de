/** Every objective against its paper's formula in double precision, and against finite differences of that. */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { splitBatch, type Batch } from '../../../src/data/batch.ts';
import { OBJECTIVES, type ObjectiveName } from '../../../src/objectives/index.ts';
import { KNOWN_COLUMNS, type Objective } from '../../../src/objectives/objective.ts';
import { adamw } from '../../../src/optimizers/adamw.ts';
import { lossInputs } from '../../../src/training/objectiveInputs.ts';
import { createTrainer } from '../../../src/training/trainer.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { randomBatch, SMALL_VOCABULARY, smallConfig, smallParams } from '../../helpers/models.ts';
import { expectClose } from '../../helpers/tensors.ts';

beforeAll(startTestBackend);

/** One row as the references see it: the predicted tokens, without padding. */
interface Row {
  readonly logProbs: readonly number[];
  readonly weight: number;
  readonly share: number;
  /** Of its own tokens; the first ones were given to it. */
  readonly forced: number;
  readonly token: (name: string) => readonly number[];
  readonly row: (name: string) => number;
}

type Reference = (rows: readonly Row[]) => number[];

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const own = ({ forced }: Row, values: readonly number[]): readonly number[] => values.slice(forced);

/** With their settings. */
const CASES: Readonly<Record<ObjectiveName, { settings: object; reference: Reference }>> = {
  'next-token': {
    settings: {},
    reference: (rows) => [sum(rows.map(({ weight, logProbs }) => -weight * sum(logProbs)))],
  },
  'weighted-next-token': {
    settings: {},
    reference: (rows) => [
      sum(
        rows.flatMap(({ weight, logProbs, token }) =>
          logProbs.map((logProb, t) => -weight * token('tokenWeight')[t]! * logProb),
        ),
      ),
    ],
  },
  preference: {
    settings: { beta: 0.3, alpha: 0.7 },
    reference(rows) {
      const result = [0, 0, 0, 0];
      for (let i = 0; i < rows.length; i += 2) {
        const [chosen, rejected] = [rows[i]!, rows[i + 1]!];
        const [up, down] = [chosen, rejected].map((row) => sum(own(row, row.logProbs)));
        const gain = up! - chosen.row('referenceLogProb');
        const loss = down! - rejected.row('referenceLogProb');
        const margin = 0.3 * (gain - loss);
        const likelihood = up! / Math.max(1, own(chosen, chosen.logProbs).length);
        const weight = 2 * chosen.share;
        result[0]! += weight * (Math.log1p(Math.exp(-margin)) - 0.7 * likelihood);
        result[1]! += weight * up!;
        result[2]! += weight * down!;
        result[3]! += weight * (margin > 0 ? 1 : 0);
      }
      return result;
    },
  },
  reinforce: {
    settings: {},
    reference: (rows) => [
      sum(
        rows.map((row) =>
          sum(
            own(
              row,
              row.logProbs.map((logProb, t) => -row.weight * row.token('advantage')[t]! * logProb),
            ),
          ),
        ),
      ),
    ],
  },
  'policy-gradient': {
    settings: { clip: 0.2, beta: 0.1 },
    reference(rows) {
      const result = [0, 0, 0];
      for (const row of rows) {
        for (let t = row.forced; t < row.logProbs.length; t++) {
          const ratio = Math.exp(row.logProbs[t]! - row.token('oldLogProb')[t]!);
          const near = Math.min(1.2, Math.max(0.8, ratio));
          const advantage = row.token('advantage')[t]!;
          const gap = row.token('referenceLogProb')[t]! - row.logProbs[t]!;
          const divergence = Math.exp(gap) - gap - 1;
          const gain = Math.min(ratio * advantage, near * advantage);
          result[0]! += row.weight * (0.1 * divergence - gain);
          result[1]! += row.weight * divergence;
          result[2]! += row.weight * (ratio === near ? 0 : 1);
        }
      }
      return result;
    },
  },
};

const NAMES = Object.keys(OBJECTIVES) as ObjectiveName[];

/** Two groups at least, of unequal lengths, with forced tokens and every column. */
function batchFor(objective: Objective, seed: number): Batch {
  const B = objective.groupSize * (2 + (seed % 3));
  const batch = randomBatch(seed, { B, P: 5, T: 7 });
  const rng = createRng(seed).split('columns');
  const numbers = (size: number): Float32Array =>
    Float32Array.from({ length: size }, () => 2 * rng.next() - 1.5);
  const columns = (names: readonly string[], size: number) =>
    Object.fromEntries(
      names.filter((name) => !KNOWN_COLUMNS.includes(name)).map((name) => [name, numbers(size)]),
    );
  return {
    ...batch,
    forced: batch.responseLengths.map((length) => rng.int(Math.min(3, length))),
    tokenColumns: columns(objective.tokenColumns, B * batch.T),
    rowColumns: columns(objective.rowColumns, B),
  };
}

function randomLogits(seed: number, { B, T }: Batch): Float64Array {
  const rng = createRng(seed).split('logits');
  const size = B * (T - 1) * SMALL_VOCABULARY;
  return Float64Array.from({ length: size }, () => Math.fround(3 * rng.next()));
}

function rowsOf(batch: Batch, logits: Float64Array): Row[] {
  const { B, T, responseLengths, response } = batch;
  return Array.from({ length: B }, (_, b): Row => {
    const length = responseLengths[b]! - 1;
    const logProbs = Array.from({ length }, (_, t) => {
      const at = (b * (T - 1) + t) * SMALL_VOCABULARY;
      const scores = logits.subarray(at, at + SMALL_VOCABULARY);
      const total = scores.reduce((all, score) => all + Math.exp(score), 0);
      return scores[response[b * T + t + 1]!]! - Math.log(total);
    });
    const token = (name: string): number[] =>
      Array.from({ length }, (_, t) => batch.tokenColumns![name]![b * T + t + 1]!);
    const row = (name: string): number => batch.rowColumns![name]![b]!;
    const [weight, forced] = [batch.weights[b]!, batch.forced![b]!];
    return { logProbs, weight, share: batch.share, forced, token, row };
  });
}

describe.each(NAMES)('%s', (name) => {
  const { settings, reference } = CASES[name];
  const create = async (): Promise<Objective> => (await OBJECTIVES[name]()).create(settings);

  it('measures what its formula says, and has the gradient of that', async () => {
    const objective = await create();
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), (seed) => {
        const batch = batchFor(objective, seed);
        const logits = randomLogits(seed, batch);
        const expected = reference(rowsOf(batch, logits));
        const shape: [number, number, number] = [batch.B, batch.T - 1, SMALL_VOCABULARY];
        const { measured, gradient } = tf.tidy(() => {
          const inputs = lossInputs(batch, objective);
          const x = tf.tensor3d(Float32Array.from(logits), shape);
          const measures = objective.loss({ logits: x }, inputs);
          const grad = tf.grad((own: tf.Tensor) => objective.loss({ logits: own }, inputs)[0])(x);
          return {
            measured: measures.map((one) => one.dataSync()[0]!),
            gradient: grad.dataSync(),
          };
        });
        expectClose(measured, expected, { absolute: 2e-5, relative: 2e-5 });
        // Some places of the logits, by central differences.
        const places = [0, 13, 77, logits.length - 1].map((at) => at % logits.length);
        const differences = places.map((at) => {
          const step = 1e-5;
          const [above, below] = [step, -step].map((by) => {
            const moved = logits.slice();
            moved[at]! += by;
            return reference(rowsOf(batch, moved))[0]!;
          });
          return (above! - below!) / (2 * step);
        });
        expectClose(
          places.map((at) => gradient[at]!),
          differences,
          { absolute: 2e-5, relative: 1e-3 },
        );
      }),
      { numRuns: 40 },
    );
  });

  it('is the sum of what it is on parts, which separate no group', async () => {
    const objective = await create();
    for (const [seed, parts] of [
      [1, 2],
      [2, 3],
      [5, 4],
    ] as const) {
      const batch = batchFor(objective, seed);
      const pieces = splitBatch(batch, parts, objective.groupSize);
      for (const { B } of pieces) expect(B % objective.groupSize).toBe(0);
      const [whole, split] = [trainer(objective, 1), trainer(objective, parts)];
      const [expected, measured] = [whole.measure([batch]), split.measure(pieces)];
      expectClose([measured.loss], [expected.loss]);
      expectClose(Object.values(measured.logged), Object.values(expected.logged));
      expect(Object.keys(measured.logged)).toEqual([...objective.logged]);
      for (const each of [whole, split]) each.dispose();
    }
  });

  it('recorded makes the updates that it makes operation by operation', async () => {
    const objective = await create();
    const [plain, recorded] = [trainer(objective, 2, true), trainer(objective, 2)];
    for (let step = 1; step <= 3; step++) {
      const pieces = splitBatch(batchFor(objective, step), 2, objective.groupSize);
      const [expected, measured] = [plain, recorded].map((one) => one.update(pieces, step, 0.01));
      expectClose([measured!.loss], [expected!.loss], { absolute: 1e-4 });
      expectClose(Object.values(measured!.logged), Object.values(expected!.logged), {
        absolute: 1e-3,
      });
    }
    for (const each of [plain, recorded]) each.dispose();
  });

  it('leaves no tensor behind, and names a column that is not there', async () => {
    const objective = await create();
    const one = trainer(objective, 2, true);
    const pieces = splitBatch(batchFor(objective, 4), 2, objective.groupSize);
    one.update(pieces, 1, 0.01);
    const before = tf.memory().numTensors;
    for (let step = 2; step < 5; step++) one.update(pieces, step, 0.01);
    expect(tf.memory().numTensors).toBe(before);
    const missing = [...objective.tokenColumns, ...objective.rowColumns].filter(
      (column) => !KNOWN_COLUMNS.includes(column),
    );
    if (missing.length > 0) {
      const bare = pieces.map((piece) => ({ ...piece, tokenColumns: {}, rowColumns: {} }));
      expect(() => one.update(bare, 5, 0.01)).toThrow(`the batch has no column ${missing[0]}`);
    }
    one.dispose();
  });
});

describe('a batch in groups', () => {
  it('is refused where it holds a part of one', () => {
    expect(() => splitBatch(randomBatch(1, { B: 5 }), 2, 2)).toThrow('5 rows in groups of 2');
  });
});

function trainer(objective: Objective, parts: number, eager = false) {
  return createTrainer(
    { params: smallParams(1) },
    {
      config: smallConfig,
      optimizer: adamw,
      objective,
      settings: { betas: [0.9, 0.99], weightDecay: 0.01, clipNorm: 1 },
      parts,
      eager,
    },
  );
}
