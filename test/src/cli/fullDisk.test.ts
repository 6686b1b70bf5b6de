import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import {
  KILLS,
  measureMoments,
  sizeOf,
  spawnFaulty,
  trainTiny,
  treeOf,
} from '../../helpers/faults.ts';
import { KIT, type Outcome, temporaryFolder } from '../../helpers/kit.ts';

const cwd = temporaryFolder();

/** What works in a folder, which may hold something before, and the files of it that must be equal. */
interface Work {
  readonly argv: (folder: string) => string;
  readonly before: string | null;
  readonly isResult: (file: string) => boolean;
}

const WORKS: readonly (readonly [name: string, work: Work])[] = [
  [
    'generation',
    {
      argv: (folder) => `gen-mazes --size 6 --count 11000 --jobs 2 --resume -q --out ${folder}`,
      before: null,
      isResult: () => true,
    },
  ],
  [
    'training',
    {
      argv: (folder) => `train tiny.json --resume -q --out ${folder}`,
      before: null,
      // Logs tell the time.
      isResult: (file) => file.startsWith('checkpoints'),
    },
  ],
  [
    'evaluation',
    {
      argv: (folder) => `eval ${folder} -q`,
      before: 'trained',
      isResult: (file) => file.startsWith('evaluation'),
    },
  ],
];

beforeAll(() => trainTiny(cwd));

describe.each(WORKS)('%s on a full disk', (name, { argv, before, isResult }) => {
  const wholeRun = `whole-${name}`;
  const begin = (folder: string): string[] => {
    if (before !== null)
      cpSync(path.join(cwd, before), path.join(cwd, folder), { recursive: true });
    return argv(folder).split(' ');
  };
  const results = (folder: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(treeOf(path.join(cwd, folder))).filter(([file]) => isResult(file)),
    );

  it('stops with one line, and goes on to the same bytes once there is room', async () => {
    const { room } = await measureMoments(begin(wholeRun), { cwd, folder: wholeRun });
    const rng = createRng('full disks').split(name);
    for (let round = 0; round < KILLS / 12; round++) {
      const folder = `${name}-${round}`;
      const command = begin(folder);
      // Of what is still missing, so that the disk grows until all fits.
      for (let given = leastOf(before); ;) {
        given += Math.ceil(rng.next() * (room - given)) + (given > 0.9 * room ? room : 0);
        const outcome = await spawnFaulty(command, { cwd, folder, room: given });
        if (outcome.code === 0) break;
        expectFull(outcome, folder);
      }
      expect(results(folder)).toEqual(results(wholeRun));
    }
  });

  it.runIf(canMount())('does so on a real one', async () => {
    const folder = `real-${name}`;
    const command = begin(folder);
    mkdirSync(path.join(cwd, folder), { recursive: true });
    // The disk lives as long as the shell, which gives it more room later.
    const script = `
      mount -t tmpfs -o size=100m none "$FOLDER"
      [ -z "$BEFORE" ] || cp -r "$BEFORE/." "$FOLDER"
      used=$(du -sk "$FOLDER" | cut -f1)
      mount -o remount,size=$((used + MORE))k "$FOLDER"
      "$@"; echo $? >&2
      mount -o remount,size=100m "$FOLDER"
      "$@" >&2 && cp -r "$FOLDER" "$KEPT"`;
    const kept = `kept-${name}`;
    const half = Math.ceil((sizeOf(path.join(cwd, wholeRun)) - leastOf(before)) / 2048);
    const own = { FOLDER: folder, BEFORE: before ?? '', KEPT: kept, MORE: String(half) };
    const env = { ...process.env, ...own };
    const argv = ['-rm', 'sh', '-c', script, 'sh', process.execPath, KIT, ...command];
    const done = spawnSync('unshare', argv, { cwd, encoding: 'utf8', env });
    const lines = done.stderr.split('\n');
    expect(lines.slice(0, 2)).toEqual([
      expect.stringMatching(new RegExp(`^kit: ${folder}/.*: can't be written: the disk is full$`)),
      '1',
    ]);
    expect(done.status).toBe(0);
    expect(results(kept)).toEqual(results(wholeRun));
  });
});

function leastOf(before: string | null): number {
  return before === null ? 0 : sizeOf(path.join(cwd, before));
}

function expectFull({ code, stdout, stderr }: Outcome, folder: string): void {
  expect(stderr).toMatch(
    new RegExp(`^kit: ${folder}/[^\\n]*: can't be written: the disk is full\\n$`),
  );
  expect([code, stdout]).toEqual([1, '']);
}

/** Whether a process without privileges may mount a file system of its own here. */
function canMount(): boolean {
  return spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
}
