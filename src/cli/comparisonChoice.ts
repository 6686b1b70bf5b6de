/** Which evaluations of runs are compared: what the flags of `kit compare` leave of them. */
import { InputError } from '../../envs/inputError.ts';
import type { Mode } from '../../traces/modes.ts';
import { quote } from './flags.ts';
import { suggestion } from './nearest.ts';

export interface ComparisonFlags {
  /** All unless given. */
  readonly mode: readonly Mode[] | undefined;
  /** Label or decoding; all unless given. */
  readonly evaluation: string | undefined;
  /** Mode of the first run, with which the others are compared; each with the same unless given. */
  readonly to: Mode | undefined;
}

/** The names of a run's evaluations. */
export interface EvaluatedRun {
  readonly folder: string;
  readonly names: readonly string[];
}

/** Whether the evaluation of a name is compared, or compared with. */
export function isWanted(name: string, { mode, evaluation, to }: ComparisonFlags): boolean {
  return (
    (mode === undefined || [...mode, to].some((wanted) => wanted === modePart(name))) &&
    (evaluation === undefined || name.endsWith(`-${evaluation}`))
  );
}

/** Expects some evaluation. @throws InputError naming the flag that leaves none to compare */
export function checkComparison(runs: readonly EvaluatedRun[], flags: ComparisonFlags): void {
  const all = runs.flatMap(({ names }) => names);
  const { mode, evaluation, to } = flags;
  const named = all.filter((name) => isWanted(name, { ...flags, mode: undefined }));
  if (named.length === 0) {
    const decodings = distinct(all.map(decodingPart));
    throw new InputError(
      `--evaluation: there is no ${quote(evaluation!)}, only ${decodings.join(', ')}` +
        suggestion(evaluation!, distinct(decodings.flatMap(endingsOf))),
    );
  }
  const what = evaluation === undefined ? 'evaluation' : `evaluation ${evaluation}`;
  const modes = distinct(named.map(modePart));
  if (mode !== undefined && !mode.some((wanted) => modes.includes(wanted))) {
    throw new InputError(
      `--mode: there is no ${what} in ${mode.join(' or ')}, only in ${modes.join(', ')}`,
    );
  }
  if (to === undefined) return;
  const { folder, names } = runs[0]!;
  const first = distinct(names.filter((name) => named.includes(name)).map(modePart));
  if (!first.includes(to)) {
    const others = first.length === 0 ? '' : `, only in ${first.join(', ')}`;
    throw new InputError(`--to: ${folder} has no ${what} in ${to}${others}`);
  }
  const compared = named.filter((name) => isWanted(name, flags) && modePart(name) !== to);
  if (compared.length > 0 || runs.length > 1) return;
  throw new InputError(`--to: ${folder} has no ${what} in another mode to compare with ${to}`);
}

const modePart = (name: string): string => name.split('-', 1)[0]!;
const decodingPart = (name: string): string => name.slice(modePart(name).length + 1);

/** `n4-t1-sampled`, `t1-sampled`, `sampled` */
function endingsOf(decoding: string): string[] {
  const parts = decoding.split('-');
  return parts.map((_, i) => parts.slice(i).join('-'));
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)];
