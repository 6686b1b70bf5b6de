/** The shape of an encoder-decoder, and the sizes that have a name. */
import { InputError } from '../../envs/inputError.ts';

export interface ModelShape {
  /** Width of the residual stream, a multiple of `heads`; dim / heads must be even for RoPE. */
  readonly dim: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly heads: number;
  /** Hidden size of the feed-forward layers. */
  readonly ffnDim: number;
}

export interface ModelConfig extends ModelShape {
  readonly vocabSize: number;
}

/**
 * Searchformer's models (arXiv 2402.14083, appendix; shapes as in the released code) and `tiny`,
 * which is ours. Searchformer calls s 15M, m-s 45M, l 175M and xl-2 757M; the parameters of these
 * shapes are fewer, by how many depends on the vocabulary (`paramCount`).
 */
export const MODEL_SIZES = {
  tiny: { dim: 64, encoderLayers: 2, decoderLayers: 2, heads: 4, ffnDim: 192 },
  s: { dim: 192, encoderLayers: 6, decoderLayers: 6, heads: 3, ffnDim: 512 },
  'm-s': { dim: 384, encoderLayers: 8, decoderLayers: 8, heads: 4, ffnDim: 1024 },
  l: { dim: 768, encoderLayers: 9, decoderLayers: 9, heads: 4, ffnDim: 2048 },
  'xl-2': { dim: 1152, encoderLayers: 16, decoderLayers: 16, heads: 12, ffnDim: 3072 },
} as const satisfies Record<string, ModelShape>;

export type ModelSize = keyof typeof MODEL_SIZES;

/** @throws InputError naming the field of a shape that can't be built. */
export function modelConfig(size: ModelSize | ModelShape, vocabSize: number): ModelConfig {
  const shape = typeof size === 'string' ? MODEL_SIZES[size] : size;
  if (shape.dim % shape.heads !== 0) {
    throw new InputError(`model.heads: ${shape.heads} heads do not divide dim ${shape.dim}`);
  }
  if ((shape.dim / shape.heads) % 2 !== 0) {
    throw new InputError(`model.dim: dim / heads must be even, not ${shape.dim / shape.heads}`);
  }
  return { ...shape, vocabSize };
}
