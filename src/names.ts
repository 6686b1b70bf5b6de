/** What experiments, studies, cells and evaluations may be called: their names become names of files. */
const NAME = /^[a-z0-9][a-z0-9._-]*$/i;

const LONGEST = 80;
/** A study's, a cell's, a round's and a seed, joined; file systems take no more than 255. */
export const LONGEST_EXPERIMENT = 200;

/** What a name must be that can't be one, as `must be …`; null if it can. */
export function nameFault(name: string, longest = LONGEST): string | null {
  if (!NAME.test(name)) {
    return 'must be letters, digits, ".", "_" and "-" only, and begin with a letter or digit';
  }
  return name.length > longest ? `must be at most ${longest} characters` : null;
}
