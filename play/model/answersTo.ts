import type { Desk } from '../tab.ts';
import type { Answer, Asker } from './useModel.ts';

/** An answer about another board than the one that is drawn is shown no more. */
export function answersTo(
  { model, drawing }: Pick<Desk, 'model' | 'drawing'>,
  asker: Asker,
): readonly Answer[] {
  return (model.answers[asker] ?? []).filter(({ question }) => question.drawing === drawing);
}
