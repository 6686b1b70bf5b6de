import { useState } from 'preact/hooks';
import type { GenerationSettings } from '../search/messages.ts';
import type { EnvironmentName } from './drawing.ts';
import { usualSettings } from './usualSettings.ts';

interface Props {
  readonly onGenerate: (settings: GenerationSettings) => Promise<void>;
  readonly settings: GenerationSettings;
  readonly onSettings: (settings: GenerationSettings) => void;
}

/** The settings of the kit's generators. */
export function NewBoard({ onGenerate, settings, onSettings }: Props) {
  const [problem, setProblem] = useState<string | null>(null);
  const { environment, width, height, walls, boxes, seed } = settings;
  const isMaze = environment === 'maze';
  const change = (changes: Partial<GenerationSettings>): void =>
    onSettings({ ...settings, ...changes });
  const generate = async (from: GenerationSettings): Promise<void> => {
    onSettings(from);
    try {
      await onGenerate(from);
      setProblem(null);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const sides = isMaze ? { min: 2, max: 100 } : { min: 5, max: 20 };
  return (
    <form
      class="fields"
      onSubmit={(event) => {
        event.preventDefault();
        void generate(settings);
      }}
    >
      <label>
        Kind
        <select
          value={environment}
          onChange={({ currentTarget }) =>
            change(usualSettings(currentTarget.value as EnvironmentName))
          }
        >
          <option value="maze">Maze</option>
          <option value="sokoban">Sokoban</option>
        </select>
      </label>
      <NumberField label="Width" value={width} {...sides} onValue={(width) => change({ width })} />
      <NumberField
        label="Height"
        value={height}
        {...sides}
        onValue={(height) => change({ height })}
      />
      {isMaze ? (
        <NumberField
          label="Walls, %"
          value={Math.round(walls * 100)}
          min={0}
          max={90}
          onValue={(percent) => change({ walls: percent / 100 })}
        />
      ) : (
        <>
          <NumberField
            label="Inner walls"
            value={walls}
            min={0}
            max={324}
            onValue={(walls) => change({ walls })}
          />
          <NumberField
            label="Boxes"
            value={boxes}
            min={1}
            max={8}
            onValue={(boxes) => change({ boxes })}
          />
        </>
      )}
      <label>
        Seed
        <input
          value={seed}
          size={6}
          maxLength={40}
          required
          onInput={({ currentTarget }) => change({ seed: currentTarget.value })}
        />
      </label>
      <span class="buttons">
        <button type="submit">Generate</button>
        <button
          type="button"
          class="main"
          onClick={() => void generate({ ...settings, seed: nextSeed(seed) })}
        >
          Next
        </button>
      </span>
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

/** Counts up where there is a number to count. */
function nextSeed(seed: string): string {
  const [, text, digits] = /^(.*?)(\d{0,9})$/s.exec(seed)!;
  return `${text}${Number(digits) + 1}`;
}

interface NumberProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number | 'any';
  readonly onValue: (value: number) => void;
}

/** Tells only of numbers in range; the browser marks others. */
export function NumberField({ label, value, min, max, step = 1, onValue }: NumberProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        value={value}
        min={min}
        max={max}
        step={step}
        required
        onInput={({ currentTarget }) => {
          if (currentTarget.validity.valid) onValue(currentTarget.valueAsNumber);
        }}
      />
    </label>
  );
}
