import fc from 'fast-check';
import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Example } from '../../../src/data/examples.ts';
import { createPendingRows } from '../../../src/data/pendingRows.ts';
import { freshFolder } from '../../helpers/datasets.ts';
import { example, toRows } from '../../helpers/examples.ts';

it('rows are on the disk whenever they are saved, in few files, and are seldom written again', () => {
  const added = fc.array(fc.array(example, { maxLength: 5 }), { maxLength: 12 });
  fc.assert(
    fc.property(added, (added) => {
      const folder = freshFolder();
      mkdirSync(folder);
      const pending = createPendingRows(folder, []);
      const rows: Example[] = [];
      const written = new Map<string, number>();
      for (const [number, more] of added.entries()) {
        for (const row of more) pending.add(row, row.id);
        rows.push(...more);
        const files = pending.save(`pending-0-${number}.parquet`);
        expect(toRows(createPendingRows(folder, files).view())).toEqual(rows);
        expect(files.length).toBeLessThanOrEqual(Math.log2(rows.length + 1));
        for (const file of files) written.set(file.file, file.rows);
      }
      expect(toRows(pending.view())).toEqual(rows);
      const times = [...written.values()].reduce((sum, count) => sum + count, 0) / rows.length;
      if (rows.length > 0) expect(times).toBeLessThan(2 + Math.log(rows.length) / Math.log(1.5));
      pending.clear();
      expect([pending.count, pending.tokens, pending.save('pending-0-99.parquet')]).toEqual([
        0,
        0,
        [],
      ]);
    }),
    { numRuns: 20 },
  );
});
