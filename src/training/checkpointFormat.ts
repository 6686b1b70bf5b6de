/**
 * The content of a checkpoint file: safetensors with the named parameters, the optimiser's vectors and, as
 * metadata, all that resuming and planning need. Needs no file system, so that a browser reads it too.
 */
import { InputError } from '../../envs/inputError.ts';
import type { VocabularySettings } from '../../traces/vocabulary.ts';
import type { ModelConfig } from '../model/config.ts';
import { paramSpecs, sizeOf } from '../model/params.ts';
import { bytesOf, decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.ts';

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
  const metadata = {
    format: FORMAT,
    checkpoint: description,
    sha256: sha256(...checksumContent(description, tensors)),
  };
  return encodeSafetensors({ tensors, metadata });
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
  if (metadata['format'] !== FORMAT) {
    throw new InputError(
      `${file}: not a checkpoint of this version: format ${metadata['format'] ?? '(none)'}, expected ${FORMAT}`,
    );
  }
  const description = metadata['checkpoint'] ?? '';
  return {
    sha256: metadata['sha256'] ?? '',
    content: checksumContent(description, tensors),
    read: () => readTensors(readInfo(description, file), tensors, file),
  };
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
  const parts = tensors.flatMap(({ name, shape, values }) => [
    JSON.stringify([name, shape]),
    bytesOf(values),
  ]);
  return [description, ...parts];
}

function readTensors(
  info: CheckpointInfo,
  tensors: readonly NamedTensor[],
  file: string,
): Checkpoint {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const specs = paramSpecs(info.config);
  const params = new Float32Array(specs.reduce((sum, spec) => sum + sizeOf(spec), 0));
  let offset = 0;
  for (const spec of specs) {
    const tensor = byName.get(spec.name);
    if (tensor?.shape.join() !== spec.shape.join()) {
      throw new InputError(
        `${file}: ${spec.name} is [${tensor?.shape.join(', ') ?? 'missing'}], its model needs [${spec.shape.join(', ')}]`,
      );
    }
    params.set(tensor.values, offset);
    offset += tensor.values.length;
  }
  const slots = tensors
    .filter(({ name, values }) => name.startsWith(SLOT) && values.length === params.length)
    .map(({ name, values }) => [name.slice(SLOT.length), values] as const);
  return { ...info, params, optimizer: slots.length > 0 ? Object.fromEntries(slots) : null };
}

/** What the names of the optimiser's vectors begin with. */
const SLOT = 'optimizer.';

function namedParams(config: ModelConfig, params: Float32Array): NamedTensor[] {
  let offset = 0;
  return paramSpecs(config).map((spec) => {
    const values = params.subarray(offset, (offset += sizeOf(spec)));
    return { name: spec.name, shape: spec.shape, values };
  });
}

function readInfo(json: string, file: string): CheckpointInfo {
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
