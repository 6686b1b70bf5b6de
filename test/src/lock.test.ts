import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../envs/inputError.ts';
import { kitRoot } from '../../src/kitPackage.ts';
import { acquireLock, isLocked, isLockFile } from '../../src/lock.ts';

const LOCK = path.join(kitRoot, 'dist', 'src', 'lock.js');

describe('a lock on a folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'lock-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('creates the folder and leaves nothing behind', () => {
    const inner = path.join(folder, 'a', 'b');
    const release = acquireLock(inner);
    expect(readdirSync(inner).filter(isLockFile)).toHaveLength(1);
    release();
    release();
    expect(readdirSync(inner)).toEqual([]);
  });

  it('is refused to the process that holds it', () => {
    const release = acquireLock(folder);
    expect(() => acquireLock(folder)).toThrow(InputError);
    release();
    acquireLock(folder)();
  });

  it('is refused while another process holds it, and free once that one was killed', async () => {
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, FOLDER: folder, LOCK },
    });
    await once(holder.stdout, 'data');
    expect(() => acquireLock(folder)).toThrow(`${folder}: is in use by process ${holder.pid}`);
    expect(isLocked(folder)).toBe(true);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    // Looking alone removes nothing.
    expect([isLocked(folder), readdirSync(folder).length]).toEqual([false, 1]);
    acquireLock(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of an earlier process with the same id is not in the way', () => {
    writeFileSync(path.join(folder, `.lock-${os.hostname()}-${process.ppid}-1`), '');
    acquireLock(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of another host is in the way, and the message says what to remove', () => {
    const name = '.lock-some-other-host-42-777';
    writeFileSync(path.join(folder, name), '');
    expect(isLocked(folder)).toBeNull();
    expect(() => acquireLock(folder)).toThrow(
      /process 42 on some-other-host.*\.lock-some-other-host/,
    );
    writeFileSync(path.join(folder, '.lock-what'), '');
    rmSync(path.join(folder, name));
    expect(() => acquireLock(folder)).toThrow(/whoever made \.lock-what/);
    expect(readdirSync(folder)).toEqual(['.lock-what']);
  });

  it('is never held by two of many processes that fight for it', () => {
    const counter = path.join(folder, 'counter');
    writeFileSync(counter, '0');
    const locked = path.join(folder, 'locked');
    const fighters = Array.from({ length: 4 }, () => 'node --input-type=module -e "$FIGHT" &').join(
      '\n',
    );
    const { stdout } = spawnSync('sh', ['-c', `${fighters}\nwait`], {
      encoding: 'utf8',
      env: { ...process.env, FOLDER: locked, COUNTER: counter, LOCK, FIGHT },
    });
    const increments = stdout.trim().split('\n').map(Number);
    expect(increments).toHaveLength(4);
    expect(increments.reduce((a, b) => a + b)).toBeGreaterThan(0);
    const count = Number(spawnSync('cat', [counter], { encoding: 'utf8' }).stdout);
    expect(count).toBe(increments.reduce((a, b) => a + b));
    expect(readdirSync(locked)).toEqual([]);
  });
});

const HOLD = `
const { acquireLock } = await import(process.env.LOCK);
acquireLock(process.env.FOLDER);
console.log('held');
process.stdin.resume();
`;

/** Adds to a counter that loses additions when two hold the lock. */
const FIGHT = `
import { readFileSync, writeFileSync } from 'node:fs';
const { acquireLock } = await import(process.env.LOCK);
const { FOLDER, COUNTER } = process.env;
let added = 0;
for (let i = 0; i < 100; i++) {
  let release;
  try { release = acquireLock(FOLDER); } catch { continue; }
  const count = Number(readFileSync(COUNTER, 'utf8'));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  writeFileSync(COUNTER, String(count + 1));
  added++;
  release();
}
console.log(added);
`;
