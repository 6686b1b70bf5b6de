import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTorch, TORCH_VERSION } from '../../bench/python.ts';
import { fakeToolchain } from '../helpers/fakeToolchain.ts';

/** Makes environments whose Python says that it has torch; \`pip\` is what its pip does. */
const python = (pip: string): string => `
const fs = require('node:fs');
const path = require('node:path');
const args = process.argv.slice(2);
if (args[1] === 'venv') {
  const bin = path.join(args[2], 'bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.copyFileSync(path.join(process.env.FAKE, 'bin', 'python3'), path.join(bin, 'python'));
} else if (args[1] === 'pip') {
  ${pip}
} else console.log('${TORCH_VERSION}');
`;

const log: string[] = [];
const find = (env: NodeJS.ProcessEnv) => findTorch({ env, log: (line) => void log.push(line) });

describe('the Python with PyTorch', () => {
  it('is the one that KIT_TORCH_PYTHON names', async () => {
    const { env } = fakeToolchain();
    expect(await find({ ...env, KIT_TORCH_PYTHON: '/no/such/python' })).toEqual({
      python: null,
      reason: '/no/such/python: no such program',
    });
  });

  it('is else that of an environment made once, whose size is said before', async () => {
    const toolchain = fakeToolchain();
    toolchain.replace('python3', python(`process.exit(0);`));
    const first = await find(toolchain.env);
    const own = path.join(toolchain.cache, `pytorch-${TORCH_VERSION}`, 'bin', 'python');
    expect(first).toEqual({ python: own, version: TORCH_VERSION });
    expect(log.pop()).toMatch(/fetching PyTorch .* GB, into /);
    expect(await find(toolchain.env)).toEqual(first);
    expect(log).toEqual([]);
  });

  it.each([
    ['console.error("OSError: No space left on device");', 'the disk is full'],
    ['console.error("NewConnectionError: x");', /reaches no package index/],
    ['console.error("ERROR: No matching distribution");', /can't fetch .*No matching/],
  ])('is missing, with a reason and nothing left behind, if pip fails: %s', async (pip, reason) => {
    const toolchain = fakeToolchain();
    toolchain.replace('python3', python(`${pip} process.exit(1);`));
    const found = await find(toolchain.env);
    expect(found.python === null && found.reason).toMatch(reason);
    expect(existsSync(toolchain.cache) ? readdirSync(toolchain.cache) : []).toEqual([]);
  });

  it('is missing where there is no Python, or none may be fetched', async () => {
    const toolchain = fakeToolchain();
    const refused = await find({ ...toolchain.env, KIT_NO_DOWNLOAD: '1' });
    expect(refused).toMatchObject({ python: null, reason: /KIT_NO_DOWNLOAD/ });
    toolchain.replace('python3', null);
    const missing = await find(toolchain.env);
    expect(missing).toMatchObject({ python: null, reason: /python3 is missing/ });
  });
});
