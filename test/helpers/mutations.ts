/** Small errors in a reasoning trace, as lists of clause texts. */
import fc from 'fast-check';

export type Mutation = (clauses: readonly string[]) => string[];

const index = fc.noBias(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));

/** One of the errors that a model might make; some leave a trace as it was, or make it another. */
export const arbitraryMutation: fc.Arbitrary<Mutation> = fc
  .record({
    name: fc.constantFrom('swap', 'cost', 'drop', 'duplicate', 'truncate', 'move', 'operation'),
    first: index,
    second: index,
    by: fc.constantFrom(-2, -1, 1, 2),
    which: fc.constantFrom(0, 1),
  })
  .map(({ name, first, second, by, which }) => (clauses) => {
    const i = Math.floor(first * clauses.length);
    const j = Math.floor(second * clauses.length);
    const changed = [...clauses];
    const clause = clauses[i]!;
    if (name === 'swap') [changed[i], changed[j]] = [clauses[j]!, clause];
    if (name === 'cost') changed[i] = withNumber(clause, /(?<= c)\d+/g, { which, by });
    if (name === 'move') changed[i] = withNumber(clause, /(?<= )\d+/g, { which, by });
    if (name === 'drop') changed.splice(i, 1);
    if (name === 'duplicate') changed.splice(j, 0, clause);
    if (name === 'truncate') changed.splice(i);
    if (name === 'operation') {
      changed[i] = clause.replace(/^\w+/, (word) => (word === 'close' ? 'create' : 'close'));
    }
    return changed;
  });

/** The clause with one of its numbers changed, but to none below 0. */
function withNumber(
  clause: string,
  numbers: RegExp,
  { which, by }: { readonly which: number; readonly by: number },
): string {
  let seen = 0;
  return clause.replace(numbers, (text) =>
    seen++ === which ? String(Math.max(0, Number(text) + by)) : text,
  );
}
