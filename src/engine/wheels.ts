/**
 * The pinned wheels that TensorFlow's libraries come from, fetched by the user's own pip (mirror,
 * proxy and certificates as configured there) and checked against their hashes.
 *
 * The libraries depend on no Python version, so that the wheels for Python 3.11 serve whichever
 * Python there is.
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { folderBytes } from './engineCache.ts';
import { TENSORFLOW_VERSION, type WheelSet } from './pinnedWheels.ts';
import { errorLine, runProgram, type Finished, type RunOptions } from './processes.ts';
import { SetupFailure } from './setupFailure.ts';
import { libraryNames } from './tensorflow.ts';

/** @throws SetupFailure if there is no Python or no pip */
export async function checkPip(run: RunOptions): Promise<void> {
  const { found, code } = await runProgram('python3', ['-m', 'pip', '--version'], run);
  if (!found) throw new SetupFailure('python3 is missing: install Python 3.9 or newer with pip');
  if (code === 0) return;
  throw new SetupFailure(
    'python3 has no pip: install it (Debian, Ubuntu: apt install python3-pip)',
  );
}

/** @throws SetupFailure if pip can't fetch them or a hash differs */
export async function downloadWheels(
  set: WheelSet,
  folder: string,
  { onProgress, ...run }: RunOptions & DownloadOptions,
): Promise<string[]> {
  const wheels = path.join(folder, WHEELS);
  const temporary = path.join(folder, 'pip');
  for (const place of [wheels, temporary]) mkdirSync(place, { recursive: true });
  const total = set.wheels.reduce((sum, { bytes }) => sum + bytes, 0);
  // pip downloads below TMPDIR, which is watched for progress and vanishes with `folder`.
  const report = (): void => onProgress?.({ done: folderBytes(folder), total });
  const timer = setInterval(report, 1000);
  try {
    const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--dest', wheels];
    args.push('--python-version', '3.11', '--disable-pip-version-check', '--quiet');
    for (const platform of set.platforms) args.push('--platform', platform);
    args.push(...set.wheels.map(({ requirement }) => requirement));
    const result = await runProgram('python3', args, {
      ...run,
      env: { ...run.env, TMPDIR: temporary },
    });
    if (result.code !== 0) throw new SetupFailure(explainPip(result));
  } finally {
    clearInterval(timer);
  }
  rmSync(temporary, { recursive: true, force: true });
  report();
  const files = readdirSync(wheels).map((name) => path.join(wheels, name));
  await checkHashes(set, files);
  return files;
}

/** Unpacks what is needed at run time into `folder`, and only that. */
export async function unpackWheels(
  files: readonly string[],
  folder: string,
  run: RunOptions,
): Promise<void> {
  const patterns = [
    ...libraryNames().map((name) => `tensorflow/${name.replaceAll('.', '\\.')}`),
    'tensorflow/include/(tensorflow/c|xla/tsl/c)/.*\\.h',
    'tensorflow/include/(tensorflow/core|tsl)/platform/ctstring.*\\.h',
    'tensorflow/python/platform/build_info\\.py',
    'tensorflow/THIRD_PARTY_NOTICES\\.txt',
    // CUDA's libraries, its assembler and device code.
    'nvidia/.*(\\.so[.0-9]*|/bin/.*|\\.bc)',
    '.*\\.dist-info/.*(LICENSE|License|METADATA).*',
  ];
  const pattern = `^(?:${patterns.join('|')})$`;
  for (const file of files) {
    const result = await runProgram('python3', ['-c', UNPACK, file, folder, pattern], run);
    if (result.code !== 0) throw new SetupFailure(`can't unpack ${file}: ${errorLine(result)}`);
    rmSync(file);
  }
  rmSync(path.join(folder, WHEELS), { recursive: true, force: true });
}

const WHEELS = 'wheels';

export interface DownloadOptions {
  /** In bytes. */
  readonly onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

/** zipfile drops the mode of a file; programs need theirs. */
const UNPACK = `
import os, re, sys, zipfile
wheel, folder, pattern = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        if re.match(pattern, member.filename):
            place = archive.extract(member, folder)
            if (member.external_attr >> 16) & 0o111:
                os.chmod(place, 0o755)
`;

async function checkHashes({ wheels }: WheelSet, files: readonly string[]): Promise<void> {
  const expected = new Map(wheels.map(({ sha256, requirement }) => [sha256, requirement]));
  for (const file of files) {
    const hash = await hashFile(file);
    if (expected.delete(hash)) continue;
    throw new SetupFailure(
      `${path.basename(file)} has the SHA-256 ${hash}, which is none of the pinned ones: ` +
        "pip's index serves another file, and nothing of it was used",
    );
  }
  if (expected.size > 0) {
    throw new SetupFailure(`pip fetched no ${[...expected.values()].join(', ')}`);
  }
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

function explainPip(result: Finished): string {
  const text = result.stderr;
  if (/No space left/.test(text)) return 'the disk is full';
  if (
    /NewConnectionError|name resolution|Connection(Reset)?Error|ConnectTimeout|timed out|ProxyError/.test(
      text,
    )
  ) {
    return 'pip reaches no package index: check the network and the proxy, or name a TensorFlow that is already here by KIT_TENSORFLOW';
  }
  return `pip can't fetch TensorFlow ${TENSORFLOW_VERSION}: ${errorLine(result)}`;
}
