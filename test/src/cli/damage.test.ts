/** Whatever has become of a file of a run: every command says it in one line, and believes nothing. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainTiny } from '../../helpers/faults.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

const folder = temporaryFolder();
const whole = path.join(folder, 'whole');
const run = path.join(folder, 'run');
const out = path.join(folder, 'out');
const drawing = path.join(folder, 'maze.txt');

beforeAll(async () => {
  await trainTiny(folder);
  cpSync(path.join(folder, 'trained'), whole, { recursive: true });
  // A data set that a copy of the run finds, too.
  const link = path.join(whole, 'data.json');
  const { folder: data, checksum } = JSON.parse(readFileSync(link, 'utf8'));
  writeFileSync(link, JSON.stringify({ folder: data, checksum }));
  const { code, stderr } = await runKit('eval', whole, '--greedy', '-q');
  if (code !== 0) throw new Error(stderr);
  writeFileSync(drawing, 'S.\n.G\n');
});

const FILES = {
  experiment: 'experiment.json',
  provenance: 'provenance.json',
  data: 'data.json',
  log: 'metrics.jsonl',
  checkpoint: 'checkpoints/step-00000009.safetensors',
  settings: 'evaluation/slow-greedy/settings.json',
  records: 'evaluation/slow-greedy/records.jsonl.gz',
} as const;
type FileName = keyof typeof FILES;

const flipAt =
  (share: number) =>
  (file: string): void => {
    const bytes = readFileSync(file);
    bytes[Math.floor(share * (bytes.length - 1))]! ^= 1;
    writeFileSync(file, bytes);
  };

const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  null: (file) => writeFileSync(file, 'null'),
  'a list': (file) => writeFileSync(file, '[]'),
  empty: (file) => writeFileSync(file, ''),
  'zero bytes': (file) => writeFileSync(file, Buffer.alloc(64)),
  'cut in half': (file) => truncateSync(file, Math.floor(readFileSync(file).length / 2)),
  'followed by more': (file) => appendFileSync(file, 'x\n'),
  'flipped at the begin': flipAt(0.05),
  'flipped in the middle': flipAt(0.5),
  'flipped at the end': flipAt(0.97),
  'a folder': (file) => {
    rmSync(file);
    mkdirSync(file);
  },
  'a pipe': (file) => {
    rmSync(file);
    execFileSync('mkfifo', [file]);
  },
};

/** Every file with every damage. */
const CASES = (Object.keys(FILES) as FileName[]).flatMap((name) =>
  Object.keys(DAMAGES).map((damage) => [name, damage] as const),
);

/** The commands that read a run, and which of its files each needs. */
const COMMANDS: readonly (readonly [needs: readonly FileName[], argv: readonly string[]])[] = [
  [
    ['experiment', 'provenance', 'log', 'settings', 'records'],
    ['report', run, '--out', out],
  ],
  [
    ['experiment', 'provenance', 'log', 'settings', 'records'],
    ['compare', run],
  ],
  [
    ['experiment', 'checkpoint', 'settings', 'records'],
    ['export', run, '--out', out],
  ],
  [
    ['experiment', 'settings', 'records'],
    ['export', run, '--out', out, '--records-only'],
  ],
  [
    ['experiment', 'checkpoint'],
    ['solve', run, drawing],
  ],
  [
    ['experiment', 'checkpoint', 'data'],
    ['eval', run, '--greedy', '--mode', 'fast', '--label', 'again'],
  ],
];

describe.skipIf(process.platform === 'win32')('a run whose', () => {
  it.each(CASES)('%s is %s is refused by every command that needs it', async (name, damage) => {
    for (const [needs, argv] of COMMANDS) {
      for (const place of [run, out]) rmSync(place, { recursive: true, force: true });
      cpSync(whole, run, { recursive: true });
      const file = path.join(run, FILES[name]);
      DAMAGES[damage]!(file);
      const { code, stderr } = await runKit(...argv, '-q');
      const [command] = argv;
      expect(`${command}: ${stderr}`).not.toContain('unexpected error');
      expect(`${command}: ${stderr}`).toMatch(/^.*\n?$/);
      if (!needs.includes(name)) continue;
      if (name === 'log' && code === 0) {
        // It ends at a line that was cut off, as after a kill.
        if (command !== 'report') continue;
        expect(readFileSync(path.join(out, 'report.md'), 'utf8')).toContain('were cut short');
        continue;
      }
      expect({ command, stderr, code }).toMatchObject({ command, code: 1 });
      expect(`${command}: ${stderr}`).toContain(path.dirname(file));
      if (command === 'export') expect(existsSync(path.join(out, 'model.safetensors'))).toBe(false);
    }
  });
});
