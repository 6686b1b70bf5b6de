import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/fakeToolchain.ts';

const bin = fileURLToPath(new URL('../../bin', import.meta.url));

describe('preparing a clone', () => {
  it('installs, builds and sets up; a second time it does and says nothing', async () => {
    const clone = fakeClone();
    const first = await clone.prepare();
    expect(first).toEqual({
      code: 0,
      text: 'Installing the dependencies (npm ci)\nBuilding (tsc)\nNative engine: fetching\n',
    });
    expect(clone.calls()).toEqual(['npm ci', 'tsc', 'setup']);
    expect(await clone.prepare()).toEqual({ code: 0, text: '' });
    expect(clone.calls()).toHaveLength(3);
  });

  it('builds again when a source has changed, appeared or gone, and forgets what is gone', async () => {
    const clone = fakeClone();
    await clone.prepare();
    const changes = [
      () => clone.write('envs/a.ts', 'changed'),
      () => clone.write('envs/deep/b.ts', 'new'),
      () => clone.write('tsconfig.json', '{ "changed": true }'),
      () => rmSync(clone.at('envs/deep/b.ts')),
    ];
    for (const change of changes) {
      change();
      expect(await clone.prepare()).toEqual({ code: 0, text: 'Building (tsc)\n' });
      expect(await clone.prepare()).toEqual({ code: 0, text: '' });
    }
    expect(existsSync(clone.at('dist/envs/a.js'))).toBe(true);
    expect(existsSync(clone.at('dist/envs/deep/b.js'))).toBe(false);
  });

  it('installs again when the lock file asks for something else', async () => {
    const clone = fakeClone();
    await clone.prepare();
    const wanted = (version: string, more = {}): void =>
      clone.write('package-lock.json', lockFile({ 'node_modules/x': { version, ...more } }));
    for (const change of [
      () => wanted('2.0.0'),
      () => wanted('2.0.0', { integrity: 'sha512-x' }),
    ]) {
      change();
      expect((await clone.prepare()).text).toMatch(/^Installing/);
      expect((await clone.prepare()).text).toBe('');
    }
    rmSync(clone.at('node_modules'), { recursive: true });
    expect((await clone.prepare()).text).toMatch(/^Installing/);
  });

  it('misses no optional package that npm left out', async () => {
    const clone = fakeClone();
    await clone.prepare();
    const installed = readFileSync(clone.at('node_modules/.package-lock.json'));
    const optional = { version: '1.0.0', optional: true };
    const { packages } = JSON.parse(installed.toString()) as { packages: object };
    clone.write('package-lock.json', lockFile({ ...packages, 'node_modules/fsevents': optional }));
    expect((await clone.prepare()).text).not.toMatch(/Installing/);
  });

  it('does each thing once when two run together', async () => {
    const clone = fakeClone();
    const outcomes = await Promise.all([clone.prepare(), clone.prepare(), clone.prepare()]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(clone.calls().filter((call) => call !== 'setup')).toEqual(['npm ci', 'tsc']);
  });

  it('goes on after one that was killed', async () => {
    const clone = fakeClone();
    for (const holder of ['999999999 1', `${process.pid} 1`]) {
      rmSync(clone.at('dist'), { recursive: true, force: true });
      clone.write('dist/.prepare.lock', holder);
      expect((await clone.prepare()).code).toBe(0);
    }
    clone.write('dist/.built-from', '');
    expect(await clone.prepare()).toEqual({ code: 0, text: 'Building (tsc)\n' });
  });

  it('ends with 1 and the name of what failed', async () => {
    const clone = fakeClone();
    clone.write('node_modules/typescript/bin/tsc', '');
    clone.write('npm.js', 'process.exit(1)');
    expect(await clone.prepare()).toEqual({
      code: 1,
      text: 'Installing the dependencies (npm ci)\nprepare: npm ci failed\n',
    });
  });

  it('goes on without the native engine, and says why once', async () => {
    const clone = fakeClone({ reason: 'no C++ compiler: install one' });
    expect((await clone.prepare()).text).toMatch(
      /Native engine: no C\+\+ compiler: install one\nGoing on with WebAssembly/,
    );
    expect(await clone.prepare()).toEqual({ code: 0, text: '' });
  });

  it.each(['wasm', 'cpu'])('sets no native engine up where KIT_BACKEND is %s', async (backend) => {
    const clone = fakeClone();
    await clone.prepare({ KIT_BACKEND: backend });
    expect(clone.calls()).toEqual(['npm ci', 'tsc']);
  });

  it.each(['>=99.0.0', '^10.1.0', '^10.1.0 || >=99.0.0'])(
    'refuses Node outside %s',
    async (range) => {
      const clone = fakeClone();
      clone.write('package.json', JSON.stringify({ type: 'module', engines: { node: range } }));
      const text = `prepare: Node ${process.versions.node} is not supported; needed is ${range}\n`;
      expect(await clone.prepare()).toEqual({ code: 1, text });
      expect(clone.calls()).toEqual([]);
    },
  );
});

describe('the kit command of a clone', () => {
  it('says what to do before anything is built', async () => {
    const { code, text } = await runNode([fakeClone().at('bin/kit.js')]);
    expect(code).toBe(1);
    expect(text).toMatch(/^kit: not built yet: run `npm run demo` or `npm test`.*\n$/);
  });

  it('ends with the exit code of the compiled one', async () => {
    const clone = fakeClone();
    clone.write(
      'dist/src/cli/kit.js',
      'export const main = (argv) => Promise.resolve(argv.length)',
    );
    expect((await runNode([clone.at('bin/kit.js'), 'a', 'b', 'c'])).code).toBe(3);
  });
});

// Helpers

interface Outcome {
  readonly code: number | null;
  readonly text: string;
}

interface FakeClone {
  at(name: string): string;
  write(name: string, text: string): void;
  /** npm, tsc and set-ups that ran, in order. */
  calls(): string[];
  prepare(env?: NodeJS.ProcessEnv): Promise<Outcome>;
}

/** A clone with an npm and a tsc that only pretend. @param reason why there is no native engine */
function fakeClone({ reason = null }: { reason?: string | null } = {}): FakeClone {
  const root = temporaryFolder();
  const clone: FakeClone = {
    at: (name) => path.join(root, name),
    write(name, text) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    },
    calls: () => readFileSync(path.join(root, 'calls'), 'utf8').split('\n').slice(0, -1),
    prepare: (env = {}) => {
      const npm_execpath = path.join(root, 'npm.js');
      const clean = { ...process.env, KIT_BACKEND: '', npm_execpath, ...env };
      return runNode([path.join(root, 'bin/prepare.js')], clean);
    },
  };
  for (const name of ['prepare.js', 'kit.js']) {
    clone.write(`bin/${name}`, '');
    copyFileSync(path.join(bin, name), clone.at(`bin/${name}`));
  }
  const note = (call: string): string => `fs.appendFileSync('${clone.at('calls')}', '${call}\\n');`;
  clone.write('package.json', '{ "type": "module", "engines": { "node": "^18.0.0 || >=20.0.0" } }');
  clone.write('package-lock.json', lockFile({ 'node_modules/x': { version: '1.0.0' } }));
  clone.write('tsconfig.json', '{}');
  clone.write('tsconfig.build.json', '{}');
  clone.write('envs/a.ts', '');
  clone.write('calls', '');
  const tsc = `const fs = require('node:fs'); const path = require('node:path');
    ${note('tsc')}
    for (const name of fs.readdirSync('envs', { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const file = path.join('dist', 'envs', name.replace(/ts$/, 'js'));
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, '');
    }
    fs.mkdirSync('dist/src/engine', { recursive: true });
    fs.writeFileSync('dist/src/engine/nativeEngine.js', ${JSON.stringify(ENGINE_STATE)});
    fs.writeFileSync('dist/src/engine/setup.js', ${JSON.stringify(`
      import fs from 'node:fs';
      export async function setupEngine({ log }) {
        ${note('setup')}
        fs.writeFileSync('${clone.at('engine')}', '');
        const reason = ${JSON.stringify(reason)};
        if (reason === null) log('fetching');
        return { ready: reason === null, reason };
      }`)});`;
  clone.write(
    'npm.js',
    `import fs from 'node:fs';
    ${note('npm ci')}
    fs.mkdirSync('node_modules/typescript/bin', { recursive: true });
    fs.writeFileSync('node_modules/typescript/package.json', '{}');
    fs.writeFileSync('node_modules/typescript/bin/tsc', ${JSON.stringify(tsc)});
    fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');`,
  );
  return clone;
}

/** Ready, or known to be hopeless, once a set-up has run. */
const ENGINE_STATE = `
import { existsSync } from 'node:fs';
export const locateEngine = () => {
  const ready = existsSync(new URL('../../../engine', import.meta.url));
  return { ready, tried: ready };
};`;

function lockFile(packages: object): string {
  return JSON.stringify({ packages: { '': { name: 'clone' }, ...packages } });
}

function runNode(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env });
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    child.stderr.on('data', (data: Buffer) => (text += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text }));
  });
}
