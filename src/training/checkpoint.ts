/**
 * Checkpoints: one safetensors file with the named parameters, the optimiser's means and, as
 * metadata, all that resuming and planning need. The same state gives the same bytes.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import type { VocabularySettings } from '../../traces/vocabulary.ts';
import { sha256, writeFileAtomic } from '../files.ts';
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
  /** Null in a file that is only meant for planning. */
  readonly optimizer: { readonly mean: Float32Array; readonly square: Float32Array } | null;
}

export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  const { params, optimizer, ...info } = checkpoint;
  const tensors = [...namedParams(info.config, params)];
  if (optimizer !== null) {
    for (const name of ['mean', 'square'] as const) {
      const values = optimizer[name];
      tensors.push({ name: `optimizer.${name}`, shape: [values.length], values });
    }
  }
  const description = JSON.stringify(info);
  const metadata = {
    format: FORMAT,
    checkpoint: description,
    sha256: checksum(description, tensors),
  };
  writeFileAtomic(file, ...encodeSafetensors({ tensors, metadata }));
}

/** @throws InputError if the file is missing, damaged, of another format or of another shape */
export function readCheckpoint(file: string): Checkpoint {
  if (!existsSync(file)) throw new InputError(`${file}: no such checkpoint`);
  const { tensors, metadata } = decodeSafetensors(readFileSync(file), file);
  if (metadata['format'] !== FORMAT) {
    throw new InputError(
      `${file}: not a checkpoint of this version: format ${metadata['format'] ?? '(none)'}, expected ${FORMAT}`,
    );
  }
  if (metadata['sha256'] !== checksum(metadata['checkpoint'] ?? '', tensors)) {
    throw new InputError(`${file}: damaged: its content does not match its checksum`);
  }
  const info = readInfo(metadata['checkpoint'], file);
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
  const mean = byName.get('optimizer.mean')?.values;
  const square = byName.get('optimizer.square')?.values;
  const hasOptimizer = mean?.length === params.length && square?.length === params.length;
  return { ...info, params, optimizer: hasOptimizer ? { mean, square } : null };
}

/** Checkpoints of a run by step, ascending; a run keeps the newest and the best on validation. */
export function listCheckpoints(folder: string): { step: number; file: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const step = /^step-(\d+)\.safetensors$/.exec(name)?.[1];
      return step === undefined ? [] : [{ step: Number(step), file: path.join(folder, name) }];
    })
    .sort((a, b) => a.step - b.step);
}

export function checkpointFile(folder: string, step: number): string {
  return path.join(folder, `step-${String(step).padStart(8, '0')}.safetensors`);
}

/** Deletes all checkpoints of a run but the newest and those at `steps`. */
export function pruneCheckpoints(folder: string, steps: readonly number[]): void {
  const files = listCheckpoints(folder);
  for (const { step, file } of files.slice(0, -1)) {
    if (!steps.includes(step)) rmSync(file, { force: true });
  }
}

function namedParams(config: ModelConfig, params: Float32Array): NamedTensor[] {
  let offset = 0;
  return paramSpecs(config).map((spec) => {
    const values = params.subarray(offset, (offset += sizeOf(spec)));
    return { name: spec.name, shape: spec.shape, values };
  });
}

/** Of all that the file says, however its header words it. */
export function checksum(description: string, tensors: readonly NamedTensor[]): string {
  const parts = tensors.flatMap(({ name, shape, values }) => [
    JSON.stringify([name, shape]),
    bytesOf(values),
  ]);
  return sha256(description, ...parts);
}

function readInfo(json: string | undefined, file: string): CheckpointInfo {
  try {
    const info = JSON.parse(json ?? '') as CheckpointInfo;
    if (Number.isInteger(info.step) && info.config.vocabSize > 0 && info.vocabulary.environment) {
      return info;
    }
  } catch {
    // Said below.
  }
  throw new InputError(`${file}: damaged: its description of the model can't be read`);
}
