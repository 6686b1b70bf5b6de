import { ModelForm } from '../model/ModelForm.tsx';
import type { Answer } from '../model/useModel.ts';
import type { Desk } from '../tab.ts';
import { Card } from './Card.tsx';
import type { Contender, Who } from './contender.ts';

interface Props {
  readonly desk: Desk;
  readonly answers: readonly Answer[];
  readonly contenders: readonly Contender[];
  readonly onAsk: () => void;
  /** Who is shown large. */
  readonly chosen: Who | null;
  readonly onChoose: (who: Who) => void;
}

/** Four small boards, of which one is shown large. */
export function ComparePanel({ desk, answers, contenders, onAsk, chosen, onChoose }: Props) {
  const choose = (who: Who): void => {
    onChoose(who);
    // On a phone it is above what is seen.
    document.querySelector('.board')?.scrollIntoView({ block: 'nearest' });
  };
  const waits = answers.some(({ ended }) => ended === 'no');
  return (
    <ModelForm {...{ desk, answers, onAsk }} verb="Compare">
      <ul class="cards" aria-label="A* and the modes">
        {contenders.map((contender) => (
          <li key={contender.who}>
            <Card
              {...{ desk, contender, waits }}
              chosen={contender.who === chosen}
              onChoose={choose}
            />
          </li>
        ))}
      </ul>
    </ModelForm>
  );
}
