import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { renderMaze } from '../../envs/maze/text.ts';
import { renderSokoban } from '../../envs/sokoban/text.ts';
import type { FromSearch, SearchAnswer, ToSearch } from '../../play/search/messages.ts';
import { createVocabulary, EOS } from '../../traces/vocabulary.ts';
import { arbitraryMaze } from '../helpers/mazes.ts';
import { arbitrarySokoban } from '../helpers/sokoban.ts';
import { textOf, traceOf } from '../helpers/traces.ts';

let ask: (message: ToSearch) => FromSearch;

beforeAll(async () => {
  let listener: (event: { readonly data: ToSearch }) => void;
  let answer: FromSearch;
  vi.stubGlobal('self', {
    addEventListener: (_: string, listens: typeof listener) => (listener = listens),
  });
  vi.stubGlobal('postMessage', (message: FromSearch) => (answer = message));
  await import('../../play/search/searchWorker.ts');
  ask = (data) => {
    listener({ data });
    return answer;
  };
  return () => vi.unstubAllGlobals();
});

describe('the worker that searches', () => {
  it('answers with the tokens of trace and plan, and the end where there is a plan', () => {
    const tasks = fc.oneof(
      arbitraryMaze().map((task) => ['maze', task, renderMaze(task)] as const),
      arbitrarySokoban(4).map((task) => ['sokoban', task, renderSokoban(task)] as const),
    );
    fc.assert(
      fc.property(tasks, ([environment, task, text]) => {
        const { reasoning, plan, search, vocabulary } = traceOf(environment, task);
        const end = search.plan === null ? [] : [...plan, EOS];
        const answer = searched(environment, text);
        expect(textOf(answer.ids, createVocabulary(answer.vocabulary))).toBe(
          textOf([...reasoning, ...end], vocabulary),
        );
        expect(answer.planLength).toBe(search.plan?.length ?? null);
        expect(answer.truncated).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [
      'of three boxes',
      [
        '@'.padEnd(20, '-'),
        ...Array<string>(17).fill('-'.repeat(20)),
        '-$-$-$'.padEnd(20, '-'),
        '...'.padStart(20, '-'),
      ],
    ],
    [
      'of 600 boxes',
      [
        '@'.padEnd(60, '-'),
        ...Array<string>(30).fill('-$-'.repeat(20)),
        ...Array<string>(10).fill('.'.repeat(60)),
      ],
    ],
  ])('answers with the beginning where a level %s takes too long', (_, lines) => {
    const { ids, truncated, planLength } = searched('sokoban', lines.join('\n'));
    expect([truncated, planLength]).toEqual([true, null]);
    expect(ids.length).toBeGreaterThan(100_000);
    expect(ids.length).toBeLessThan(5_010_000);
  });
});

function searched(environment: 'maze' | 'sokoban', text: string): SearchAnswer {
  const answer = ask({ ticket: 1, type: 'search', request: { environment, text, seed: null } });
  if (answer.type !== 'searched') throw new Error(JSON.stringify(answer));
  return answer.answer;
}
