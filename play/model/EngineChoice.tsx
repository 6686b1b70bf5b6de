import type { EngineName } from './messages.ts';
import type { ModelState } from './useModel.ts';

const TITLES: Readonly<Record<EngineName, string>> = {
  wasm: 'WebAssembly, on the processor',
  webgpu: 'WebGPU, on the graphics card',
};

/** What computes, where there is a choice. */
export function EngineChoice({ state: { model, computeBy } }: { readonly state: ModelState }) {
  if (model === null || model.engines.length < 2) return null;
  return (
    <label class="wide">
      Engine
      <select
        value={model.engine}
        onChange={({ currentTarget }) => computeBy(currentTarget.value as EngineName)}
      >
        {model.engines.map((engine) => (
          <option key={engine} value={engine}>
            {TITLES[engine]}
          </option>
        ))}
      </select>
    </label>
  );
}
