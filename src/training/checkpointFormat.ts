/**
 * The content of a checkpoint file: safetensors with the named parameters, the optimiser's vectors and, as
 * metadata, all that resuming and planning need. Needs no file system, so that a browser reads it too.
 */
import { InputError } from '../../envs/inputError.ts';
import type { VocabularySettings } from '../../traces/vocabulary.ts';
import type { ModelConfig } from '../model/config.ts';
import { paramSpecs, sizeOf } from '../model/params.ts';
import { bytesOf, decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import type { NamedTensor, TensorFile } from './safetensors.ts';

const FORMAT = 'dualformer-kit checkpoint 1';

export interface CheckpointInfo {
  /** Updates made so far. */
  readonly step: number;
  /** Nats, or null where it was not measured at this step. */
  readonly validationLoss: number | null;
  readonly config: ModelConfig;
  readonly vocabulary: VocabularySettings;
}

export interface Checkpoint extends CheckpointInfo {
  /** Flat, in the order of `paramSpecs`. */
  readonly params: Float32Array;
  /** What the optimiser remembers, by name; null in a file that is only meant for planning. */
  readonly optimizer: Readonly<Record<string, Float32Array>> | null;
}

/** Text and bytes, one after the other, of which a checksum is the SHA-256 in hexadecimal. */
export type ChecksumContent = readonly (string | Uint8Array)[];

/** @param sha256 of the parts that it is given @returns the file as parts */
export function encodeCheckpoint(
  { params, optimizer, ...info }: Checkpoint,
  sha256: (...content: ChecksumContent) => string,
): Uint8Array[] {
  const tensors = [...namedParams(info.config, params)];
  for (const [name, values] of Object.entries(optimizer ?? {})) {
    tensors.push({ name: SLOT + name, shape: [values.length], values });
  }
  const description = JSON.stringify(info);
  const checksum = sha256(...checksumContent(description, tensors));
  return encodeSafetensors({ tensors, metadata: metadataOf(description, checksum) });
}

/** @param description the `CheckpointInfo` as JSON */
export function metadataOf(description: string, sha256: string): Record<string, string> {
  return { format: FORMAT, checkpoint: description, sha256 };
}

export interface DecodedCheckpoint {
  /** The checksum that the file states, and what it is to be taken of. */
  readonly sha256: string;
  readonly content: ChecksumContent;
  /** Valid if the checksum is. @throws InputError if the file is damaged or of another shape */
  readonly read: () => Checkpoint;
}

/** @param file names the source in errors @throws InputError if the bytes are of another format */
export function decodeCheckpoint(bytes: Uint8Array, file: string): DecodedCheckpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const { description, sha256 } = readMetadata(metadata, file);
  const info = readInfo(description, file);
  return {
    sha256,
    content: checksumContent(description, tensors),
    read: () => readTensors(info, tensors, file),
  };
}

/** What `metadataOf` made. @throws InputError if the file is none of this version */
export function readMetadata(
  metadata: TensorFile['metadata'],
  file: string,
): { readonly description: string; readonly sha256: string } {
  const { format, checkpoint: description = '', sha256 = '' } = metadata;
  if (format === FORMAT) return { description, sha256 };
  throw new InputError(
    `${file}: not a checkpoint of this version: format ${format ?? '(none)'}, expected ${FORMAT}`,
  );
}

/** @throws InputError always */
export function refuseChecksum(file: string): never {
  throw new InputError(`${file}: damaged: its content does not match its checksum`);
}

/** All that the file says, however its header words it. */
export function checksumContent(
  description: string,
  tensors: readonly NamedTensor[],
): ChecksumContent {
  return checksumParts(description, tensors).map((part) =>
    typeof part === 'string' ? part : bytesOf(part.values),
  );
}

/** The same with tensors in the place of their values. */
export function checksumParts<Tensor extends Pick<NamedTensor, 'name' | 'shape'>>(
  description: string,
  tensors: readonly Tensor[],
): (string | Tensor)[] {
  const parts = tensors.flatMap((tensor) => [JSON.stringify([tensor.name, tensor.shape]), tensor]);
  return [description, ...parts];
}

function readTensors(
  info: CheckpointInfo,
  tensors: readonly NamedTensor[],
  file: string,
): Checkpoint {
  const parts = paramsAmong(tensors, info.config, file);
  const params = new Float32Array(parts.reduce((sum, { values }) => sum + values.length, 0));
  let offset = 0;
  for (const { values } of parts) {
    params.set(values, offset);
    offset += values.length;
  }
  const slots = tensors
    .filter(({ name, values }) => name.startsWith(SLOT) && values.length === params.length)
    .map(({ name, values }) => [name.slice(SLOT.length), values] as const);
  return { ...info, params, optimizer: slots.length > 0 ? Object.fromEntries(slots) : null };
}

/** What the names of the optimiser's vectors begin with. */
const SLOT = 'optimizer.';

/** The parameters of a model in their order. @throws InputError if one is missing or of another shape */
export function paramsAmong<Tensor extends Pick<NamedTensor, 'name' | 'shape'>>(
  tensors: readonly Tensor[],
  config: ModelConfig,
  file: string,
): Tensor[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return paramSpecs(config).map(({ name, shape }) => {
    const tensor = byName.get(name);
    if (tensor?.shape.join() === shape.join()) return tensor;
    throw new InputError(
      `${file}: ${name} is [${tensor?.shape.join(', ') ?? 'missing'}], its model needs [${shape.join(', ')}]`,
    );
  });
}

function namedParams(config: ModelConfig, params: Float32Array): NamedTensor[] {
  let offset = 0;
  return paramSpecs(config).map((spec) => {
    const values = params.subarray(offset, (offset += sizeOf(spec)));
    return { name: spec.name, shape: spec.shape, values };
  });
}

/** @throws InputError if the description can't be read */
export function readInfo(json: string, file: string): CheckpointInfo {
  try {
    const info = JSON.parse(json) as CheckpointInfo;
    if (Number.isInteger(info.step) && info.config.vocabSize > 0 && info.vocabulary.environment) {
      return info;
    }
  } catch {
    // Said below.
  }
  throw new InputError(`${file}: damaged: its description of the model can't be read`);
}
