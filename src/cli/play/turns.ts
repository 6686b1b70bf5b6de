/**
 * Work for several clients: they take turns, each in the order of its own requests and with one of them
 * under way, and between two turns the event loop is free. So nobody waits for all that another wants.
 */
export interface Turns {
  /** @param work must not reject @returns false, and does nothing, if too much is waiting already */
  add(client: object, work: () => Promise<void>): boolean;
}

export interface MostWaiting {
  readonly perClient: number;
  readonly inAll: number;
}

export function createTurns({ perClient, inAll }: MostWaiting): Turns {
  /** Clients in the order of their turns. */
  const waiting = new Map<object, (() => Promise<void>)[]>();
  const busy = new Set<object>();
  let count = 0;
  let isPlanned = false;

  const plan = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(takeTurn);
  };
  const takeTurn = (): void => {
    isPlanned = false;
    const client = [...waiting.keys()].find((each) => !busy.has(each));
    if (client === undefined) return;
    const [work, ...others] = waiting.get(client)!;
    // Behind all others.
    waiting.delete(client);
    if (others.length > 0) waiting.set(client, others);
    count--;
    busy.add(client);
    void work!().finally(() => {
      busy.delete(client);
      plan();
    });
    plan();
  };
  return {
    add(client, work) {
      const before = waiting.get(client) ?? [];
      if (count >= inAll || before.length >= perClient) return false;
      waiting.set(client, [...before, work]);
      count++;
      plan();
      return true;
    },
  };
}
