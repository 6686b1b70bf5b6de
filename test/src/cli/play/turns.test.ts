import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../../src/cli/play/turns.ts';

describe('turns', () => {
  it('come round among clients: each has one before any has two, and its own in their order', async () => {
    const requests = fc.array(fc.nat({ max: 3 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(requests, async (clients) => {
        const turns = createTurns({ perClient: 30, inAll: 30 });
        const objects = [0, 1, 2, 3].map((client) => ({ client }));
        const done: { client: number; index: number }[] = [];
        for (const [index, client] of clients.entries()) {
          const work = async () => void done.push({ client, index });
          expect(turns.add(objects[client]!, work)).toBe(true);
        }
        while (done.length < clients.length) await setImmediate();
        for (const [at, { client, index }] of done.entries()) {
          const before = done.slice(0, at);
          const mine = before.filter((each) => each.client === client);
          expect(mine.every((each) => each.index < index)).toBe(true);
          // Of another client that had as much to wait for at most one more was done.
          for (const other of [0, 1, 2, 3]) {
            const theirs = before.filter((each) => each.client === other).length;
            expect(theirs).toBeLessThanOrEqual(mine.length + 1);
          }
        }
      }),
    );
  });

  it('let no client have two under way, and others go on meanwhile', async () => {
    const turns = createTurns({ perClient: 9, inAll: 9 });
    const [slow, other] = [{}, {}];
    const done: string[] = [];
    let finish = (): void => {};
    const long = new Promise<void>((resolve) => (finish = resolve));
    turns.add(slow, () => long);
    turns.add(slow, async () => void done.push('slow'));
    for (const name of ['a', 'b', 'c']) turns.add(other, async () => void done.push(name));
    while (done.length < 3) await setImmediate();
    for (let i = 0; i < 10; i++) await setImmediate();
    expect(done).toEqual(['a', 'b', 'c']);
    finish();
    while (done.length < 4) await setImmediate();
    expect(done.at(-1)).toBe('slow');
  });

  it('take no more than fits, of a client and of all', async () => {
    const turns = createTurns({ perClient: 2, inAll: 3 });
    const done: string[] = [];
    const add = (client: object, name: string) =>
      turns.add(client, async () => void done.push(name));
    const [one, two, three] = [{}, {}, {}];
    expect([add(one, 'a'), add(one, 'b'), add(one, 'c')]).toEqual([true, true, false]);
    expect([add(two, 'd'), add(three, 'e')]).toEqual([true, false]);
    while (done.length < 3) await setImmediate();
    expect(done).toEqual(['a', 'd', 'b']);
    expect(add(three, 'f')).toBe(true);
  });
});
