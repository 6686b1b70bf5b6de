import { NumberField } from '../board/NewBoard.tsx';
import type { Sampling } from './sampling.ts';

interface Props {
  readonly sampling: Sampling;
  readonly onSampling: (sampling: Sampling) => void;
  /** Unless others are chosen. */
  readonly usualTokens: number;
}

export function SamplingFields({ sampling, onSampling, usualTokens }: Props) {
  const { temperature, samples, seed, maxTokens } = sampling;
  const change = (changes: Partial<Sampling>): void => onSampling({ ...sampling, ...changes });
  return (
    <details class="wide">
      <summary>Sampling</summary>
      <div class="fields">
        <NumberField
          label="Temperature (0: greedy)"
          value={temperature}
          min={0}
          max={10}
          step="any"
          onValue={(temperature) => change({ temperature })}
        />
        <NumberField
          label="Samples"
          value={samples}
          min={1}
          max={64}
          onValue={(samples) => change({ samples })}
        />
        <NumberField
          label="Seed"
          value={seed}
          min={0}
          max={1e9}
          onValue={(seed) => change({ seed })}
        />
        <NumberField
          label="Most tokens"
          value={maxTokens ?? usualTokens}
          min={1}
          max={20_000}
          onValue={(maxTokens) => change({ maxTokens })}
        />
        {samples > 1 && temperature === 0 && (
          <p class="hint">Several samples need a temperature above 0.</p>
        )}
      </div>
    </details>
  );
}
