import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { generateDataset } from '../../../src/data/generate.ts';
import { contentOf, freshFolder, mazeSettings } from '../../helpers/datasets.ts';

const GENERATE = path.resolve('dist/src/data/generate.js');

/** Enough rows for two shards of training data. */
const SETTINGS = mazeSettings(
  { trainCount: 11_000, validationCount: 500, testCount: 500, nondeterministic: true },
  { width: 6, height: 6 },
);

describe('a process that generates', () => {
  it(
    'may be killed at any moment, many times, and resumed to the same bytes',
    { timeout: 240_000 },
    async () => {
      const whole = freshFolder();
      const started = Date.now();
      await run(whole, { jobs: 2 });
      const duration = Date.now() - started;
      const expected = contentOf(whole);
      expect(Object.keys(expected)).toContain('train-00001.parquet');

      const rng = createRng('kills');
      for (let round = 0; round < 3; round++) {
        const out = freshFolder();
        expect(await run(out, { jobs: 1 + rng.int(2), killAtShare: rng.next() })).toBe(false);
        // Ever later, so that an end is reached.
        for (let patience = 0.4; ; patience *= 1.3) {
          const killAfter = rng.next() * patience * duration;
          if (await run(out, { jobs: 1 + rng.int(2), killAfter })) break;
        }
        expect(contentOf(out)).toEqual(expected);
      }
    },
  );

  it('keeps others out of its folder', async () => {
    const out = freshFolder();
    const first = run(out, { jobs: 1, killAfter: 20_000 });
    while (!hasLock(out)) await setTimeout(5);
    await expect(generateDataset(SETTINGS, { out, resume: true })).rejects.toThrow(
      /is in use by process \d+$/,
    );
    expect(await first).toBe(true);
    expect(hasLock(out)).toBe(false);
  });
});

interface RunOptions {
  readonly jobs: number;
  /** Milliseconds until SIGKILL. */
  readonly killAfter?: number;
  /** Share of the tasks at which the process kills itself. */
  readonly killAtShare?: number;
}

/** Generates in a process of its own, resuming; true if it came to its end. */
async function run(
  out: string,
  { jobs, killAfter, killAtShare = 2 }: RunOptions,
): Promise<boolean> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    stdio: 'inherit',
    env: {
      ...process.env,
      GENERATE,
      SETTINGS: JSON.stringify(SETTINGS),
      OUT: out,
      JOBS: String(jobs),
      KILL_AT: String(killAtShare),
    },
  });
  const exit = once(child, 'exit');
  if (killAfter !== undefined) {
    const finished = new AbortController();
    const killing = setTimeout(killAfter, undefined, { signal: finished.signal }).then(
      () => child.kill('SIGKILL'),
      () => false,
    );
    await exit;
    finished.abort();
    await killing;
  }
  const [code, signal] = (await exit) as [number | null, string | null];
  expect(signal === 'SIGKILL' || code === 0).toBe(true);
  return code === 0;
}

const SCRIPT = `
const { generateDataset } = await import(process.env.GENERATE);
const { SETTINGS, OUT, JOBS, KILL_AT } = process.env;
await generateDataset(JSON.parse(SETTINGS), {
  out: OUT,
  jobs: Number(JOBS),
  resume: true,
  onProgress({ done, total }) {
    if (done >= KILL_AT * total) process.kill(process.pid, 'SIGKILL');
  },
});
`;

function hasLock(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.startsWith('.lock-'));
  } catch {
    return false;
  }
}
