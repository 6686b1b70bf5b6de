import { beforeAll, describe, expect, it } from 'vitest';
import { inRandomBatches, sequencesOf } from '../../bench/trainingData.ts';
import { tokensOf, trainingData, type TrainingData } from '../../bench/trainingData.ts';
import { BOS, EOS } from '../../traces/vocabulary.ts';

const data = { kind: 'mazes', side: 4, count: 50, batchSize: 8 } as const;

describe('maze batches', () => {
  let made: TrainingData;
  beforeAll(async () => {
    made = await trainingData({ data });
  });

  it('hold as many sequences as asked for, each from bos to eos with nothing behind', () => {
    const sequences = made.batches.flatMap(sequencesOf);
    expect(sequences).toHaveLength(data.count);
    for (const { prompt, response } of sequences) {
      for (const ids of [prompt, response]) {
        expect([ids[0], ids.at(-1)]).toEqual([BOS, EOS]);
        expect(ids.slice(1, -1).some((id) => id === BOS || id === EOS)).toBe(false);
        expect(Math.max(...ids)).toBeLessThan(made.vocabSize);
      }
    }
  });

  it('are made alike in every process', async () => {
    expect(await trainingData({ data })).toEqual(made);
  });

  it('and random batches of the same hold the same sequences and tokens', () => {
    const random = inRandomBatches(made.batches, 16);
    const keys = (sequences: readonly object[]): string[] =>
      sequences.map((sequence) => JSON.stringify(sequence)).toSorted();
    expect(keys(random.flat())).toEqual(keys(made.batches.flatMap(sequencesOf)));
    expect(random.map((batch) => batch.length)).toEqual([16, 16, 16, 2]);
    const tokens = random
      .flat()
      .reduce((sum, { prompt, response }) => sum + prompt.length + response.length - 1, 0);
    expect(made.batches.reduce((sum, batch) => sum + tokensOf(batch), 0)).toBe(tokens);
  });
});

describe('uniform batches', () => {
  it('have no padding and as many tokens as their title says', async () => {
    const { batches } = await trainingData({
      data: { kind: 'uniform', B: 3, prompt: 5, response: 7, vocabSize: 9, steps: 2 },
    });
    expect(batches).toHaveLength(2);
    expect(tokensOf(batches[0]!)).toBe(3 * (5 + 7));
    expect(batches[0]!).toMatchObject({ B: 3, P: 5, T: 8 });
  });
});
