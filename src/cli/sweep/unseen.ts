/** Whether tasks of other data than a cell's own are new to its model. */
import { InputError } from '../../../envs/inputError.ts';
import { readSplit } from '../../data/dataset.ts';
import { SPLITS } from '../../data/manifest.ts';
import type { Work } from './work.ts';

/**
 * Splits of one data set share no layout; those of two may.
 * @throws InputError naming a data set for evaluation that holds layouts of training tasks
 */
export function checkUnseen(cells: readonly Work[]): void {
  const pairs = new Map<string, Set<string>>();
  for (const { data } of cells) {
    const [own = '', ...others] = data.keys();
    const known = pairs.get(own) ?? new Set();
    for (const other of others) known.add(other);
    pairs.set(own, known);
  }
  for (const [own, others] of pairs) {
    if (others.size === 0) continue;
    const trained = new Set(readSplit(own, 'train').layout);
    for (const other of others) {
      const layouts = SPLITS.filter((name) => name !== 'train').flatMap((name) => [
        ...readSplit(other, name).layout,
      ]);
      const seen = layouts.filter((layout) => trained.has(layout)).length;
      if (seen === 0) continue;
      throw new InputError(
        `${other}: ${seen} of ${layouts.length} tasks for evaluation have layouts that are trained on ` +
          `in ${own}: evaluate on settings that differ more, or on the cell's own test tasks`,
      );
    }
  }
}
