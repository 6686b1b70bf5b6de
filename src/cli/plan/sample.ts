/** Training tasks to plan with: the data set if it is there, else a sample made for the purpose. */
import { existsSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Examples } from '../../data/dataset.ts';
import { readManifest, readSplit } from '../../data/dataset.ts';
import { generateDataset } from '../../data/generate.ts';
import type { DataSettings } from '../../experiment.ts';
import { createVocabulary, type Vocabulary } from '../../../traces/vocabulary.ts';
import { makeTemporaryFolder } from '../../files.ts';
import type { Session } from '../session.ts';

export interface Sample {
  readonly examples: Examples;
  readonly vocabulary: Vocabulary;
}

/** Enough for lengths within a percent or two. */
const SAMPLE = 1024;

/** @param folder where the data set would lie */
export async function sampleTasks(
  data: DataSettings,
  folder: string,
  session: Session,
): Promise<Sample> {
  if (existsSync(path.join(folder, 'manifest.json'))) return readSample(folder);
  const out = makeTemporaryFolder('kit-plan-');
  try {
    const trainCount = Math.min(SAMPLE, data.trainCount);
    const settings = { ...data, trainCount, validationCount: 0, testCount: 0 };
    const jobs = Math.min(availableParallelism(), 256);
    const { signal } = session;
    await session.track('sample', 'tasks', (onProgress) =>
      generateDataset(settings, { out, jobs, resume: true, signal, onProgress }),
    );
    return readSample(out);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function readSample(folder: string): Sample {
  const vocabulary = createVocabulary(readManifest(folder).vocabulary);
  return { examples: readSplit(folder, 'train'), vocabulary };
}
