/** Small datasets, folders to put them in, and what identifies a folder's content. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { GenerationSettings } from '../../src/data/generate.ts';

const COMMON = { tasksPerLayout: 1, nondeterministic: false, maxTokens: 10_000, seed: 1 } as const;

export interface MazeTask {
  readonly environment: 'maze';
  readonly width: number;
  readonly height: number;
  readonly walls: readonly [number, number];
}

export function mazeSettings(
  changes: Partial<GenerationSettings> = {},
  task: Partial<MazeTask> = {},
): GenerationSettings {
  const counts = { trainCount: 60, validationCount: 10, testCount: 20 };
  const maze: MazeTask = { environment: 'maze', width: 5, height: 4, walls: [0.3, 0.5], ...task };
  return { task: maze, ...counts, ...COMMON, ...changes };
}

export function sokobanSettings(changes: Partial<GenerationSettings> = {}): GenerationSettings {
  const task = { environment: 'sokoban', width: 7, height: 7, boxes: 2, walls: 2 };
  return { task, trainCount: 20, validationCount: 5, testCount: 5, ...COMMON, ...changes };
}

/** A folder that does not exist yet, and is removed after the tests of the file. */
export function freshFolder(): string {
  const parent = mkdtempSync(path.join(os.tmpdir(), 'kit-data-'));
  parents.push(parent);
  return path.join(parent, 'dataset');
}

const parents: string[] = [];
afterAll(() => parents.forEach((parent) => rmSync(parent, { recursive: true, force: true })));

/** Names and SHA-256 of the files in a folder; empty if there is none. */
export function contentOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => {
        const bytes = readFileSync(path.join(folder, name));
        return [name, createHash('sha256').update(bytes).digest('hex')];
      }),
  );
}
