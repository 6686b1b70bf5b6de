/**
 * Parameters: one flat float32 vector, and the names and shapes of its parts; as tensors in
 * `paramTensors.ts`.
 *
 * Initial values are PyTorch's defaults, which the released code relies on: linear maps uniform in
 * ±1/√fanIn, embeddings N(0, 1), norm gains 1. Matrices are stored [in, out]. Query, key and value
 * share one matrix, as do the two inputs of SwiGLU: their fan-in is the same, so is their start.
 */
import type { Rng } from '../../envs/rng.ts';
import type { ModelConfig } from './config.ts';

export type Init = 'linear' | 'embedding' | 'ones';

export interface ParamSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: Init;
}

/** Every parameter in the order in which the flat vector holds them. */
export function paramSpecs(config: ModelConfig): readonly ParamSpec[] {
  const { dim, ffnDim, vocabSize } = config;
  const linear = (name: string, fanIn: number, fanOut: number): ParamSpec => ({
    name,
    shape: [fanIn, fanOut],
    init: 'linear',
  });
  const norm = (name: string): ParamSpec => ({ name, shape: [dim], init: 'ones' });
  const embedding = (name: string): ParamSpec => ({
    name,
    shape: [vocabSize, dim],
    init: 'embedding',
  });
  const selfAttention = (layer: string): ParamSpec[] => [
    norm(`${layer}.attentionNorm`),
    linear(`${layer}.attention.queryKeyValue`, dim, 3 * dim),
    linear(`${layer}.attention.output`, dim, dim),
  ];
  const crossAttention = (layer: string): ParamSpec[] => [
    norm(`${layer}.crossAttentionNorm`),
    linear(`${layer}.crossAttention.query`, dim, dim),
    linear(`${layer}.crossAttention.keyValue`, dim, 2 * dim),
    linear(`${layer}.crossAttention.output`, dim, dim),
  ];
  const feedForward = (layer: string): ParamSpec[] => [
    norm(`${layer}.feedForwardNorm`),
    linear(`${layer}.feedForward.gateUp`, dim, 2 * ffnDim),
    linear(`${layer}.feedForward.down`, ffnDim, dim),
  ];
  const layers = (count: number, of: (index: number) => ParamSpec[]): ParamSpec[] =>
    Array.from({ length: count }, (_, index) => of(index)).flat();

  return [
    embedding('encoder.embedding'),
    ...layers(config.encoderLayers, (i) => [
      ...selfAttention(`encoder.${i}`),
      ...feedForward(`encoder.${i}`),
    ]),
    norm('encoder.norm'),
    linear('encoder.output', dim, dim),
    embedding('decoder.embedding'),
    ...layers(config.decoderLayers, (i) => [
      ...selfAttention(`decoder.${i}`),
      ...crossAttention(`decoder.${i}`),
      ...feedForward(`decoder.${i}`),
    ]),
    norm('decoder.norm'),
    linear('decoder.output', dim, vocabSize),
  ];
}

export function sizeOf(spec: ParamSpec): number {
  return spec.shape.reduce((product, extent) => product * extent, 1);
}

export function paramCount(config: ModelConfig): number {
  return paramSpecs(config).reduce((sum, spec) => sum + sizeOf(spec), 0);
}

/** A new flat vector; each parameter draws from its own stream, named after it. */
export function initialParams(config: ModelConfig, rng: Rng): Float32Array {
  const specs = paramSpecs(config);
  const flat = new Float32Array(specs.reduce((sum, spec) => sum + sizeOf(spec), 0));
  let offset = 0;
  for (const spec of specs) {
    fill(flat.subarray(offset, (offset += sizeOf(spec))), spec, rng.split(spec.name));
  }
  return flat;
}

function fill(values: Float32Array, spec: ParamSpec, rng: Rng): void {
  if (spec.init === 'ones') {
    values.fill(1);
  } else if (spec.init === 'embedding') {
    for (let i = 0; i < values.length; i++) values[i] = standardNormal(rng);
  } else {
    const bound = 1 / Math.sqrt(spec.shape[0]!);
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * rng.next() - 1);
  }
}

/** Box–Muller. */
function standardNormal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
}
