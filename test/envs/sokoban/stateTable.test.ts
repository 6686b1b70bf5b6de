import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BOX, createStateTable } from '../../../envs/sokoban/stateTable.ts';

const arbitraryQueries = fc
  .record({ width: fc.integer({ min: 2, max: 20 }), height: fc.integer({ min: 2, max: 20 }) })
  .chain(({ width, height }) => {
    const cells = width * height;
    return fc
      .record({
        walls: fc.uint8Array({ minLength: cells, maxLength: cells, max: 1 }),
        floor: fc.uniqueArray(fc.nat(cells - 1), { minLength: 2, maxLength: cells, size: 'max' }),
      })
      .map(({ walls, floor }) => {
        for (const cell of floor) walls[cell] = 0;
        return { width, height, walls };
      });
  })
  .chain((board) => {
    const floor = [...board.walls.keys()].filter((cell) => board.walls[cell] === 0);
    return fc.integer({ min: 0, max: Math.min(8, floor.length - 1) }).chain((boxCount) => {
      const boxes = fc
        .shuffledSubarray(floor, { minLength: boxCount, maxLength: boxCount })
        .map((cells) => Int32Array.from(cells).sort());
      const query = fc.tuple(boxes, fc.array(fc.constantFrom(...floor), { maxLength: 40 }));
      const queries = fc.array(query, { minLength: 1, maxLength: 300, size: 'max' });
      return queries.map((drawn) => ({ board, boxCount, queries: drawn }));
    });
  });

it('numbers arrangements and states as a map of texts does, and gives their cells back', () => {
  let grown = 0;
  fc.assert(
    fc.property(arbitraryQueries, ({ board, boxCount, queries }) => {
      const table = createStateTable(board, boxCount);
      const arrangements = new Map<string, number>();
      const states = new Map<string, number>();
      const read = new Int32Array(boxCount);
      for (const [boxes, workers] of queries) {
        const text = boxes.join();
        if (!arrangements.has(text)) arrangements.set(text, arrangements.size);
        const arrangement = table.arrange(boxes);
        if (arrangement !== arrangements.get(text)) return false;
        table.boxes(arrangement, read);
        if (read.join() !== text) return false;
        for (const worker of workers) {
          const onBox = boxes.includes(worker);
          if (table.hasBox(arrangement, worker) !== onBox) return false;
          const state = table.state(arrangement, worker);
          if (onBox !== (state === BOX)) return false;
          if (onBox) continue;
          const name = `${text} ${worker}`;
          if (!states.has(name)) states.set(name, states.size);
          if (state !== states.get(name)) return false;
          if (table.arrangement(state) !== arrangement) return false;
          if (table.worker(state) !== worker) return false;
        }
      }
      if (states.size > 1024) grown++;
      return table.arrangements === arrangements.size;
    }),
    { numRuns: 300 },
  );
  expect(grown).toBeGreaterThan(0);
});
