import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChildFailure, type Child } from '../../bench/child.ts';
import { enter, figureOf, noteMemory, runRound } from '../../bench/turns.ts';

interface Asked {
  readonly open?: string;
  readonly run?: string;
  readonly turn?: number;
}

/** Takes a second a lap, notes who was asked, and fails where it is told to. */
function fakeChild(log: string[], fails: (request: Asked) => boolean = () => false): Child {
  return {
    tell: () => undefined,
    ask: async <Reply>(request: Asked) => {
      if (fails(request)) throw new ChildFailure('out of memory');
      if (request.run !== undefined) log.push(`${request.run}${request.turn}`);
      return { software: 'fake 1', seconds: 1, tokens: 10, steps: 2 } as Reply;
    },
    peakMemory: () => 7,
    stop: async () => undefined,
  };
}

const requests = (turns: number) => (contestant: { readonly variant: string }) =>
  Array.from({ length: turns }, (_, turn) => ({ run: contestant.variant, turn }));

type Opened = { readonly software: string };

describe('rounds', () => {
  it('let all take turns, and sum up what each did', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        async (rounds, turns) => {
          const log: string[] = [];
          const child = fakeChild(log);
          const contestants = [
            await enter<string, Opened>('a', child),
            await enter<string, Opened>('b', child),
          ];
          for (let i = 0; i < rounds; i++) await runRound(contestants, requests(turns));
          const round = Array.from({ length: turns }, (_, turn) => [`a${turn}`, `b${turn}`]).flat();
          expect(log).toEqual(Array.from({ length: rounds }, () => round).flat());
          const lap = { seconds: turns, tokens: 10 * turns, steps: 2 * turns };
          for (const contestant of contestants) {
            expect(figureOf(contestant).rounds).toEqual(Array.from({ length: rounds }, () => lap));
          }
        },
      ),
    );
  });

  it('go on without what fails, whenever it does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -1, max: 5 }), async (failing) => {
        const log: string[] = [];
        let asked = 0;
        const weak = fakeChild(log, ({ open }) =>
          open === undefined ? asked++ === failing : failing === -1,
        );
        const contestants = [
          await enter<string, Opened>('weak', weak),
          await enter<string, Opened>('b', fakeChild(log)),
        ];
        for (let i = 0; i < 3; i++) await runRound(contestants, requests(2));
        const [first, second] = contestants.map(figureOf);
        expect(first).toMatchObject({ rounds: [], peakMemory: null, failure: 'out of memory' });
        expect(first!.software).toBe(failing === -1 ? null : 'fake 1');
        expect(second).toMatchObject({ failure: null });
        expect(second!.rounds).toHaveLength(3);
        expect(asked).toBe(failing + 1);
      }),
    );
  });
});

describe('memory', () => {
  it('is told of what has a process to itself', async () => {
    const [own, shared] = [fakeChild([]), fakeChild([])];
    const contestants = [
      await enter<string, Opened>('a', own),
      await enter<string, Opened>('b', shared),
      await enter<string, Opened>('c', shared),
    ];
    noteMemory(contestants);
    expect(contestants.map(({ peakMemory }) => peakMemory)).toEqual([7, null, null]);
  });
});
