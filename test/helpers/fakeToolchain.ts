/**
 * A python3 with pip, a C++ compiler and TensorFlow wheels that only pretend, so that a set-up
 * needs neither the network nor a compiler. Addons are JavaScript here: NODE_OPTIONS makes the
 * processes of a set-up load them so.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { libraryNames } from '../../src/engine/tensorflow.ts';
import type { WheelSet } from '../../src/engine/pinnedWheels.ts';

export interface FakeToolchain {
  /** A cache of its own, and nothing but the pretended programs on the PATH. */
  readonly env: NodeJS.ProcessEnv;
  readonly cache: string;
  readonly wheels: WheelSet;
  /** What the programs were asked to do, in order: "download", "unpack", "compile", "run". */
  calls(): string[];
  /** Takes a program away, or makes it do something else: the text of a JavaScript. */
  replace(program: 'python3' | 'c++', script: string | null): void;
}

/** @param product what the addon says [[1, 2], [3, 4]] squared is */
export function fakeToolchain({ product = '7,10,15,22' } = {}): FakeToolchain {
  const folder = temporaryFolder();
  const at = (...names: string[]): string => path.join(folder, ...names);
  const wheel = JSON.stringify(fakeTensorflow('wheel'));
  for (const name of ['bin', 'index', 'cache']) mkdirSync(at(name));
  writeFileSync(at('index', 'fake.whl'), wheel);
  writeFileSync(at('addons.cjs'), ADDONS_AS_SCRIPTS);
  writeFileSync(at('calls'), '');
  const toolchain: FakeToolchain = {
    env: {
      PATH: at('bin'),
      HOME: at('home'),
      XDG_CACHE_HOME: at('cache'),
      NODE_OPTIONS: `--require ${at('addons.cjs')}`,
      FAKE: folder,
      FAKE_PRODUCT: product,
    },
    cache: at('cache', 'dualformer-kit'),
    wheels: {
      name: 'tensorflow-0.0.0-fake',
      platforms: ['fake'],
      wheels: [{ requirement: 'fake==0.0.0', sha256: hash(wheel), bytes: wheel.length }],
      unpackedBytes: 1e4,
    },
    calls: () => readFileSync(at('calls'), 'utf8').split('\n').slice(0, -1),
    replace(program, script) {
      rmSync(at('bin', program), { force: true });
      if (script !== null) writeProgram(at('bin', program), at(`${program}.cjs`), script);
    },
  };
  toolchain.replace('python3', PYTHON);
  toolchain.replace('c++', COMPILER);
  return toolchain;
}

/** Writes a TensorFlow package into `folder`, as far as a set-up looks at it. */
export function writeFakeTensorflow(folder: string, { cuda = false } = {}): void {
  for (const [member, content] of Object.entries(fakeTensorflow('installed'))) {
    const file = path.join(folder, path.relative('tensorflow', member));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const info = path.join(folder, 'python', 'platform', 'build_info.py');
  mkdirSync(path.dirname(info), { recursive: true });
  writeFileSync(info, `[('is_cuda_build', ${cuda ? 'True' : 'False'})]`);
}

/** An empty folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kit-engine-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Members by path, beside one that a set-up has no use for. */
function fakeTensorflow(content: string): Record<string, string> {
  const [api, framework] = libraryNames();
  return {
    [`tensorflow/${api}`]: `${content}: api`,
    [`tensorflow/${framework}`]: `${content}: framework`,
    'tensorflow/include/tensorflow/c/eager/c_api.h': '// header',
    'tensorflow/python/keras.py': 'unused',
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function writeProgram(file: string, script: string, text: string): void {
  if (!existsSync(path.dirname(file))) mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(script, text);
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(file, 0o755);
}

const ADDONS_AS_SCRIPTS = `
const { _extensions } = require('node:module');
_extensions['.node'] = _extensions['.js'];
`;

const NOTE = `
const fs = require('node:fs');
const path = require('node:path');
const args = process.argv.slice(2);
const note = (call) => fs.appendFileSync(path.join(process.env.FAKE, 'calls'), call + '\\n');
`;

export const PYTHON = `${NOTE}
if (args[1] === 'pip' && args[2] === 'download') {
  note('download');
  const to = args[args.indexOf('--dest') + 1];
  fs.copyFileSync(path.join(process.env.FAKE, 'index', 'fake.whl'), path.join(to, 'fake.whl'));
} else if (args[0] === '-c' && args.length === 5) {
  note('unpack');
  const [, , wheel, folder, pattern] = args;
  for (const [name, content] of Object.entries(JSON.parse(fs.readFileSync(wheel, 'utf8')))) {
    if (!new RegExp(pattern).test(name)) continue;
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
} else if (args[0] === '-c') {
  console.log(process.env.FAKE_PYTHONS_TENSORFLOW ?? '');
}
`;

export const COMPILER = `${NOTE}
if (args[0] !== '--version') {
  const output = args[args.indexOf('-o') + 1];
  note('compile ' + path.basename(output));
  fs.writeFileSync(output, \`
    exports.load = () => undefined;
    exports.TF_Version = '0.0.0';
    exports.createTensor = () => 0;
    exports.executeOp = () => [{ id: 1 }];
    exports.tensorDataSync = () => [\${process.env.FAKE_PRODUCT}];
  \`);
}
`;
