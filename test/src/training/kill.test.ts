import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { sha256 } from '../../../src/files.ts';
import { readMetrics } from '../../../src/training/metricsLog.ts';
import { runPaths } from '../../../src/training/runFolder.ts';
import { KIT } from '../../helpers/kit.ts';

const EXPERIMENT = {
  name: 'killed',
  data: {
    task: { environment: 'maze', width: 3, height: 3 },
    trainCount: 100,
    validationCount: 10,
    testCount: 10,
  },
  model: { dim: 8, encoderLayers: 1, decoderLayers: 1, heads: 2, ffnDim: 16 },
  training: { steps: 60, batchSize: 4, warmupSteps: 5, checkpointEvery: 7 },
};

let root: string;
let file: string;
beforeAll(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'kill-'));
  file = path.join(root, 'killed.json');
  writeFileSync(file, JSON.stringify(EXPERIMENT));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('a process that trains', () => {
  it('may be killed at any moment, many times, and resumed to the same bytes', async () => {
    const whole = path.join(root, 'whole');
    const started = Date.now();
    expect(await trained(whole)).toBe(true);
    const duration = Date.now() - started;
    const expected = checkpoints(whole);
    expect(Object.keys(expected)).toContain('step-00000060.safetensors');

    const rng = createRng('kills');
    const run = path.join(root, 'run');
    // Ever later, so that an end is reached.
    for (let patience = 0.7; ; patience *= 1.1) {
      if (await trained(run, rng.next() * patience * duration)) break;
    }
    expect(checkpoints(run)).toEqual(expected);
    const losses = readMetrics(runPaths(run).metrics).filter((line) => 'loss' in line);
    expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });
});

/** Trains in a process of its own, going on where another left off; true if it came to its end. */
async function trained(run: string, killAfter?: number): Promise<boolean> {
  const argv = ['train', file, '--out', run, '--resume', '--quiet'];
  const child = spawn(process.execPath, [KIT, ...argv], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = once(child, 'exit');
  if (killAfter !== undefined) {
    await Promise.race([exit, setTimeout(killAfter)]);
    child.kill('SIGKILL');
  }
  const [code, signal] = (await exit) as [number | null, string | null];
  expect(signal === 'SIGKILL' || code === 0).toBe(true);
  return code === 0;
}

function checkpoints(run: string): Record<string, string> {
  const folder = runPaths(run).checkpoints;
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, sha256(readFileSync(path.join(folder, name)))]),
  );
}
