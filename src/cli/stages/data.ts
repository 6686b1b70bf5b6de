/** The stage that makes or finds a data set. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../envs/inputError.ts';
import { datasetChecksum, readManifest, type Manifest } from '../../data/manifest.ts';
import { dataSchema, type DataSettings, type Experiment } from '../../experiment.ts';
import { sha256, writeJsonAtomic } from '../../files.ts';
import { LIMITS } from '../../limits.ts';
import { readJson } from '../../reading.ts';
import { checkShape } from '../../shape.ts';
import { readProvenance } from '../../training/provenance.ts';
import { formatNumber } from '../progress.ts';
import type { Session } from '../session.ts';
import { checkSettings } from '../settingErrors.ts';
import { checkExists } from './runFolder.ts';

export interface Dataset {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Experiments with equal data settings share a folder below `root`: `data/maze5x5-1f2e3d4c`. */
export function datasetFolder(settings: DataSettings, root = 'data'): string {
  const { environment, width, height } = settings.task;
  const hash = sha256(JSON.stringify(sorted(settings))).slice(0, 8);
  return path.join(root, `${environment}${width}x${height}-${hash}`);
}

export interface GenerateOptions {
  readonly out: string;
  /** Worker threads, one per core unless given. */
  readonly jobs?: number | undefined;
  readonly resume: boolean;
}

export async function generate(
  settings: DataSettings,
  { out, jobs = Math.min(availableParallelism(), LIMITS.workers.max), resume }: GenerateOptions,
  session: Session,
): Promise<Dataset> {
  const { generateDataset } = await import('../../data/generate.ts');
  const manifest = await session.track('generating', 'tasks', (onProgress) =>
    generateDataset(settings, { out, jobs, resume, signal: session.signal, onProgress }),
  );
  return { folder: out, manifest };
}

/**
 * The data set that an experiment trains on, generated if need be, and the experiment as that data
 * set makes it. @param folder a data set of the user's own
 */
export async function prepareData(
  experiment: Experiment,
  folder: string | undefined,
  session: Session,
): Promise<{ dataset: Dataset; experiment: Experiment }> {
  if (folder !== undefined) {
    const dataset = readDataset(folder);
    return { dataset, experiment: { ...experiment, data: settingsOf(dataset) } };
  }
  const out = datasetFolder(experiment.data);
  const dataset = await generate(experiment.data, { out, resume: true }, session);
  session.note(`data: ${describe(dataset)}`);
  return { dataset, experiment };
}

export function describe({ folder, manifest }: Dataset): string {
  const { train, validation, test } = manifest.splits;
  const counts = [train.rows, validation.rows, test.rows].map(formatNumber);
  return `${folder}: ${counts[0]} training, ${counts[1]} validation, ${counts[2]} test tasks`;
}

/** Remembers, in the folder of a run, which data set it trains on. */
export function writeDataLink(run: string, { folder, manifest }: Dataset): void {
  writeJsonAtomic(path.join(run, LINK), {
    folder: path.relative(run, folder),
    checksum: datasetChecksum(manifest),
  });
}

/** What can be told of it without its tasks. @throws InputError if there is none, or no whole one */
export function readDataset(folder: string): Dataset {
  checkExists(folder);
  return { folder, manifest: readManifest(folder) };
}

/** The data set in `folder`, else that of the run. @throws InputError as `readDataLink` */
export function datasetFor(run: string, folder: string | undefined): Dataset {
  return folder === undefined ? readDataLink(run) : readDataset(folder);
}

/**
 * The data set that a run was trained on, in `folder` if it lies there by now.
 * @throws InputError as `readDataLink`, or if `folder` holds another one
 */
export function trainedOn(run: string, folder: string | undefined): Dataset {
  const dataset = datasetFor(run, folder);
  const provenance = folder === undefined ? null : readProvenance(run);
  if (provenance !== null) checkTrainedOn(run, dataset, provenance.dataChecksum);
  return dataset;
}

/** Whether the run was trained on the data set, as far as it says so. */
export function isTrainedOn(run: string, { manifest }: Dataset): boolean {
  return datasetChecksum(manifest) === readProvenance(run)?.dataChecksum;
}

function checkTrainedOn(run: string, { folder, manifest }: Dataset, checksum: unknown): void {
  if (datasetChecksum(manifest) === checksum) return;
  throw new InputError(`${folder}: is not the data set that ${run} was trained on`);
}

/** The data set of a run. @throws InputError if it is not named, is gone or has changed */
export function readDataLink(run: string): Dataset {
  const file = path.join(run, LINK);
  if (!existsSync(file)) {
    throw new InputError(`${run}: does not say what data it was trained on; name some with --data`);
  }
  const link = checkShape(linkSchema, readJson(file), file);
  const folder = path.join(run, link.folder);
  if (!existsSync(folder)) {
    throw new InputError(`${folder}: the data set of ${run} is gone; name it with --data`);
  }
  const dataset = readDataset(folder);
  checkTrainedOn(run, dataset, link.checksum);
  return dataset;
}

const LINK = 'data.json';

const linkSchema = z.strictObject({ folder: z.string(), checksum: z.string() });

function settingsOf({ folder, manifest }: Dataset): DataSettings {
  return checkSettings(dataSchema, manifest.settings, { source: folder, at: 'settings' });
}

/** With its keys in one order, whatever order they were written in. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
