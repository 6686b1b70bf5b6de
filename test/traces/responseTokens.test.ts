import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sokobanProblem } from '../../envs/sokoban/sokoban.ts';
import { parseSokoban } from '../../envs/sokoban/text.ts';
import { astar } from '../../solvers/astar.ts';
import { reasoningPieces, reasoningTokens, reasoningWithin } from '../../traces/responseTokens.ts';
import { sokobanTokenizer } from '../../traces/sokobanTokenizer.ts';
import { CLOSE, CREATE, createVocabulary, widestVocabulary } from '../../traces/vocabulary.ts';
import { arbitrarySokoban } from '../helpers/sokoban.ts';

function searched(level: Parameters<typeof sokobanProblem>[0]) {
  const vocabulary = createVocabulary(widestVocabulary('sokoban', level));
  const problem = sokobanProblem(level);
  const { log } = astar(problem);
  return { log, vocabulary, states: sokobanTokenizer.states(level, vocabulary, problem) };
}

describe('reasoning within a limit', () => {
  it('is the whole reasoning, or null where that is longer', () => {
    fc.assert(
      fc.property(arbitrarySokoban(4), fc.nat(600), fc.integer(), (level, limit, near) => {
        const { log, vocabulary, states } = searched(level);
        const whole = reasoningTokens(log, vocabulary, states);
        for (const tried of [limit, whole.length + (near % 2)]) {
          const within = reasoningWithin(tried, { log, vocabulary, states });
          expect(within).toEqual(whole.length > tried ? null : whole);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is in memory of its own', () => {
    fc.assert(
      fc.property(arbitrarySokoban(4), arbitrarySokoban(4), (one, another) => {
        const write = (level: typeof one): Uint16Array => {
          const { log, vocabulary, states } = searched(level);
          return reasoningTokens(log, vocabulary, states);
        };
        const first = write(one);
        const copy = first.slice();
        write(another);
        expect(first).toEqual(copy);
      }),
      { numRuns: 200 },
    );
  });

  it('comes in pieces of whole clauses that together are the whole', () => {
    const level = parseSokoban(
      ['@', '', '  $', '', '   $', '', '', '..'].map((row) => row.padEnd(8)).join('\n'),
    );
    const search = searched(level);
    const whole = reasoningTokens(search.log, search.vocabulary, search.states);
    const pieces = Array.from(reasoningPieces(search), (piece) => piece.slice());
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(65_536);
      expect([CREATE, CLOSE]).toContain(piece[0]);
    }
    expect(pieces.flatMap((piece) => [...piece])).toEqual([...whole]);
  });

  it('names a cost that the vocabulary lacks', () => {
    const log = {
      length: 1,
      closes: Uint8Array.of(0),
      states: Int32Array.of(0),
      g: Int32Array.of(0),
      h: Int32Array.of(3),
    };
    const states = { maxTokens: 0, write: (_: number, __: Uint16Array, at: number) => at };
    for (const costs of [0, 1, 3]) {
      const vocabulary = createVocabulary({ environment: 'maze', coordinates: 3, costs });
      const missing = costs === 0 ? 0 : 3;
      expect(() => reasoningTokens(log, vocabulary, states)).toThrow(
        new RangeError(`cost ${missing} is not below ${costs}`),
      );
    }
  });
});
