/** Whether a model has words for a board. */
import type { Board } from '../../envs/environment.ts';
import type { Vocabulary } from '../../traces/vocabulary.ts';
import type { RunSummary } from '../../src/pageApi.ts';
import type { EnvironmentName } from '../board/drawing.ts';
import { usualSettings } from '../board/usualSettings.ts';
import type { GenerationSettings } from '../search/messages.ts';
import type { Desk } from '../tab.ts';

/** A sentence for the user; a model can still try what it was only not trained on. */
export type Fit =
  | { readonly fits: true; readonly remark: string | null }
  | { readonly fits: false; readonly reason: string };

export function fitOf(
  {
    environment,
    width,
    height,
  }: Pick<Board, 'width' | 'height'> & { environment: EnvironmentName },
  vocabulary: Vocabulary,
  trained: Pick<RunSummary, 'width' | 'height'>,
): Fit {
  const name = { maze: 'mazes', sokoban: 'Sokoban' };
  if (environment !== vocabulary.environment) {
    const known = name[vocabulary.environment as EnvironmentName];
    return { fits: false, reason: `This model knows ${known} only.` };
  }
  const most = vocabulary.coordinates;
  if (Math.max(width, height) > most) {
    return { fits: false, reason: `This model has words for boards up to ${most}×${most}.` };
  }
  const same = width === trained.width && height === trained.height;
  const remark = `It was trained on ${trained.width}×${trained.height} boards; it tries all the same.`;
  return { fits: true, remark: same ? null : remark };
}

/** Null while no model is loaded or the board is none. */
export function fitOn({ model: { model, run }, task, drawing }: Desk): Fit | null {
  if (model === null || run === null || task === null) return null;
  return fitOf({ ...task, environment: drawing.environment }, model.words, run);
}

/** For a board of the kind and size that a model was trained on. */
export function fittingSettings(
  { environment, width, height }: RunSummary,
  { settings }: Pick<Desk, 'settings'>,
): GenerationSettings {
  const usual = usualSettings(environment as EnvironmentName);
  return { ...usual, width, height, seed: settings.seed };
}
