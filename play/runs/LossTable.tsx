import type { RunDetails } from '../../src/pageApi.ts';
import { lossText, stepText } from './words.ts';

type Props = Pick<RunDetails, 'training' | 'validation' | 'chosen'>;

/** The curves as numbers: wherever validation was measured, or in steps of the training alone. */
export function LossTable({ training, validation, chosen }: Props) {
  const every = Math.ceil(training.length / 20);
  const steps =
    validation.length > 0
      ? validation.map(({ step }) => step)
      : training.flatMap(({ step }, i) => ((i + 1) % every === 0 ? [step] : []));
  const before = (step: number): string => {
    const point = training.findLast((one) => one.step <= step) ?? training[0];
    return point === undefined ? '–' : lossText(point.loss);
  };
  const measured = new Map(validation.map(({ step, loss }) => [step, loss]));
  return (
    <details class="numbers">
      <summary>The losses as a table</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="Losses by step">
        <table>
          <thead>
            <tr>
              <th scope="col">step</th>
              <th scope="col">training</th>
              <th scope="col">validation</th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step}>
                <th scope="row">{stepText(step)}</th>
                <td>{before(step)}</td>
                <td>
                  {measured.has(step) ? lossText(measured.get(step)!) : '–'}
                  {step === chosen ? ' in use' : ''}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
