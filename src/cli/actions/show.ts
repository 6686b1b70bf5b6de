/** `kit show`: an example of a data set, and what each dropping level leaves of its trace. */
import { environmentOf } from '../../../envs/index.ts';
import { InputError } from '../../../envs/inputError.ts';
import { createRng } from '../../../envs/rng.ts';
import { dropStrategy } from '../../../traces/drop.ts';
import { dropTrace, LEVEL_NAMES } from '../../../traces/dropTrace.ts';
import { tokenizerOf } from '../../../traces/index.ts';
import { createVocabulary, PLAN, type Vocabulary } from '../../../traces/vocabulary.ts';
import { readManifest, type SplitName } from '../../data/manifest.ts';
import { drawPlan, drawTokens } from '../drawing.ts';
import type { Session } from '../session.ts';
import { checkExists } from '../stages/runFolder.ts';

export interface ShowFlags {
  readonly index: number;
  readonly split: SplitName;
  readonly level: number | undefined;
  readonly seed: number | undefined;
}

export async function showExample(
  folder: string,
  { index, split, level, seed = 1 }: ShowFlags,
  session: Session,
): Promise<void> {
  checkExists(folder);
  const manifest = readManifest(folder);
  const { rows } = manifest.splits[split];
  if (index >= rows) {
    throw new InputError(
      `--index ${index}: the ${split} split of ${folder} holds ${rows} examples`,
    );
  }
  const { readExample } = await import('../../data/dataset.ts');
  const example = readExample(folder, split, index);
  const { prompt, reasoning, plan, width, height } = example;
  const vocabulary = createVocabulary(manifest.vocabulary);
  const environment = environmentOf(vocabulary.environment);
  const task = tokenizerOf(environment.name).readPrompt(prompt, vocabulary, example);
  const lines = [
    `${environment.name} ${width}×${height}, ${split} ${index} of ${rows}: ` +
      `plan of ${example.optimalLength} positions, ` +
      `${example.created} states created, ${example.expanded} closed`,
    '',
    ...drawPlan({ environment, task }, planCells(plan, vocabulary, width)),
    '',
    `prompt, ${prompt.length} tokens`,
    ...drawTokens(prompt, vocabulary),
  ];
  const strategy = dropStrategy('dualformer', environment.name);
  for (const each of level === undefined ? LEVEL_NAMES.keys() : [level]) {
    const rng = createRng(seed).split('show', split, index, each);
    const left = dropTrace(reasoning, each, rng, { vocabulary, ...strategy });
    lines.push(`level ${each}, ${LEVEL_NAMES[each]}, ${left.length} tokens`);
    lines.push(...drawTokens(left, vocabulary));
  }
  lines.push(`plan, ${plan.length} tokens`, ...drawTokens(plan, vocabulary));
  for (const line of lines) await session.print(line);
}

/** The cells of `plan x y plan x y …`. */
function planCells(plan: Uint16Array, vocabulary: Vocabulary, width: number): number[] {
  const cells: number[] = [];
  for (let i = 0; i + 2 < plan.length && plan[i] === PLAN; i += 3) {
    cells.push(vocabulary.value(plan[i + 1]!) + vocabulary.value(plan[i + 2]!) * width);
  }
  return cells;
}
