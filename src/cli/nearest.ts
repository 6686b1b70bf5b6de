/**
 * Which name was meant by one that does not exist: only a likely one, since a wrong guess sends a
 * reader astray.
 *
 * A name is likely if a slip of the fingers leads to it: at most one edit for every three letters of
 * the longer name, begun ones included, where a wrong first letter counts twice, as people rarely miss
 * it (`trian` is train, `emptied` is empty; `bogus` is not jobs, `gpu` is not cpu). It is likely, too,
 * if one name begins the other: three letters of a longer one (`temp` is temperature), or a name with
 * at most as many letters more (`evaluate` is eval). Capitals and leading dashes make no difference.
 */

/** The candidate with the fewest slips from `name`, or undefined if none is likely. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Infinity;
  for (const candidate of candidates) {
    const slips = slipsBetween(letters(name), letters(candidate));
    if (slips < fewest) [best, fewest] = [candidate, slips];
  }
  return best;
}

const letters = (name: string): string => name.replace(/^-+/, '').toLowerCase();

/** Infinite if `known` is not likely. */
function slipsBetween(typed: string, known: string): number {
  const isBeginning = typed.length >= 3 && known.startsWith(typed);
  const isLonger = typed.startsWith(known) && typed.length <= 2 * known.length;
  // To stop too early, or to go on, is one slip.
  if (isBeginning || isLonger) return typed === known ? 0 : 1;
  const slips = editDistance(typed, known) + (typed[0] === known[0] ? 0 : 1);
  return slips <= Math.ceil(Math.max(typed.length, known.length) / 3) ? slips : Infinity;
}

/** `; did you mean X?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const meant = nearest(name, candidates);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min(substitution, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, beforeLast[j - 2]! + 1);
      }
      row.push(edits);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
