import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { kernelBuilds, libraryOf } from '../../../src/engine/kernelBuilds.ts';
import { platformProblem } from '../../../src/engine/machine.ts';
import { locateEngine, type EngineState } from '../../../src/engine/nativeEngine.ts';
import { setupEngine, type SetupOptions } from '../../../src/engine/setup.ts';
import { libraryNames } from '../../../src/engine/tensorflow.ts';
import {
  COMPILER,
  fakeToolchain,
  PYTHON,
  temporaryFolder,
  writeFakeTensorflow,
  type FakeToolchain,
} from '../../helpers/fakeToolchain.ts';

const COMPILED = ['quiet_load.node', 'tfjs_binding.node', ...kernelBuilds().map(libraryOf)]
  .map((library) => `compile ${library}`)
  .sort();

describe.skipIf(platformProblem() !== null)('a set-up', () => {
  it('fetches, checks, unpacks and compiles; a second one does nothing', async () => {
    const tools = fakeToolchain();
    const first = await setUp(tools);
    expect(first).toMatchObject({ ready: true, engine: { binding: { version: '0.0.0' } } });
    const calls = tools.calls();
    expect(calls.slice(0, 2)).toEqual(['download', 'unpack']);
    expect(calls.slice(2).sort()).toEqual(COMPILED);
    expect(await setUp(tools)).toEqual(first);
    expect(locateEngine(tools.env)).toEqual(first);
    expect(tools.calls()).toEqual(calls);
  });

  it('says beforehand what it fetches, how much and whereto', async () => {
    const tools = fakeToolchain();
    const lines: string[] = [];
    await setUp(tools, { log: (line) => lines.push(line) });
    const [fetching] = lines;
    expect(fetching).toMatch(/^fetching fake 0\.0\.0 by pip, 0 MB, into /);
    expect(fetching).toContain(path.join(tools.cache, tools.wheels.name));
  });

  it('keeps of a wheel what runs and nothing else', async () => {
    const tools = fakeToolchain();
    await setUp(tools);
    const folder = path.join(tools.cache, tools.wheels.name);
    expect(readdirSync(folder)).toEqual(['tensorflow']);
    expect(readdirSync(path.join(folder, 'tensorflow')).sort()).toEqual(
      [...libraryNames(), 'include'].sort(),
    );
  });

  it('refuses a wheel of another hash and keeps nothing of it', async () => {
    const tools = fakeToolchain();
    writeFileSync(path.join(tools.env['FAKE']!, 'index', 'fake.whl'), '{"tensorflow/evil":""}');
    expect(await failure(tools)).toMatch(/fake\.whl has the SHA-256 [0-9a-f]{64}/);
    expect(tools.calls()).toEqual(['download']);
    expect(readdirSync(tools.cache)).toEqual(['failure.json']);
  });

  it('runs once if two begin together', async () => {
    const tools = fakeToolchain();
    const [one, other] = await Promise.all([setUp(tools), setUp(tools)]);
    expect(one).toMatchObject({ ready: true });
    expect(other).toEqual(one);
    expect(tools.calls()).toHaveLength(2 + COMPILED.length);
  });

  it('uses nothing that a killed one left, and removes it', async () => {
    const tools = fakeToolchain();
    for (const parent of ['.', 'bindings']) {
      const folder = path.join(tools.cache, parent, '.making-1-abc', 'tensorflow');
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, libraryNames()[0]), 'half');
    }
    expect(locateEngine(tools.env)).toMatchObject({ ready: false, tried: false });
    expect(await setUp(tools)).toMatchObject({ ready: true });
    expect(tools.calls()).toHaveLength(2 + COMPILED.length);
    expect(readdirSync(tools.cache).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(readdirSync(path.join(tools.cache, 'bindings'))).toHaveLength(1);
  });

  it.each(['library', 'header'])('fetches anew when a %s has gone', async (what) => {
    const tools = fakeToolchain();
    await setUp(tools);
    const folder = path.join(tools.cache, tools.wheels.name, 'tensorflow');
    rmSync(path.join(folder, what === 'library' ? libraryNames()[1] : 'include'), {
      recursive: true,
    });
    expect(locateEngine(tools.env)).toMatchObject({ ready: false });
    expect(await setUp(tools)).toMatchObject({ ready: true });
    expect(tools.calls().filter((call) => call === 'download')).toHaveLength(2);
  });

  it.each(['tfjs_binding.node', libraryOf(kernelBuilds()[0]!)])(
    'compiles anew, but does not fetch, when %s has gone',
    async (library) => {
      const tools = fakeToolchain();
      const first = await setUp(tools);
      const folder = first.ready ? first.engine.binding.folder : '';
      rmSync(path.join(folder, library));
      expect(locateEngine(tools.env)).toMatchObject({ ready: false });
      expect(await setUp(tools)).toEqual(first);
      expect(
        tools
          .calls()
          .slice(2 + COMPILED.length)
          .sort(),
      ).toEqual(COMPILED);
    },
  );

  it('takes the TensorFlow of python3 before any download', async () => {
    const tools = fakeToolchain();
    const folder = temporaryFolder();
    writeFakeTensorflow(folder);
    const env = { ...tools.env, FAKE_PYTHONS_TENSORFLOW: folder };
    expect(await setUp({ ...tools, env })).toMatchObject({ engine: { tensorflow: { folder } } });
    expect(tools.calls().sort()).toEqual(COMPILED);
  });

  it('takes a TensorFlow of python3 for the GPU only if it is built with CUDA', async () => {
    for (const cuda of [false, true]) {
      const tools = fakeToolchain();
      const folder = temporaryFolder();
      writeFakeTensorflow(folder, { cuda });
      const env = { ...tools.env, FAKE_PYTHONS_TENSORFLOW: folder };
      await setUp({ ...tools, env }, { gpu: true });
      expect(tools.calls().includes('download')).toBe(!cuda);
    }
  });

  it('fetches the pinned one if that of python3 does not work', async () => {
    const tools = fakeToolchain();
    const broken = temporaryFolder();
    writeFakeTensorflow(broken);
    tools.replace(
      'c++',
      `if (process.argv.includes('-I${broken}/include')) process.exit(1);${COMPILER}`,
    );
    const env = { ...tools.env, FAKE_PYTHONS_TENSORFLOW: broken };
    const state = await setUp({ ...tools, env });
    expect(state).toMatchObject({ ready: true });
    expect(JSON.stringify(state)).toContain(tools.wheels.name);
  });

  it('takes the TensorFlow that KIT_TENSORFLOW names, whatever else there is', async () => {
    const tools = fakeToolchain();
    await setUp(tools);
    const folder = temporaryFolder();
    writeFakeTensorflow(folder);
    const env = { ...tools.env, KIT_TENSORFLOW: folder };
    expect(locateEngine(env)).toMatchObject({ ready: false });
    const state = await setUp({ ...tools, env });
    expect(state).toMatchObject({ engine: { tensorflow: { folder } } });
    expect(locateEngine(env)).toEqual(state);
    expect(tools.calls().filter((call) => call === 'download')).toHaveLength(1);
  });

  it('leaves nothing when it is aborted, and the next one succeeds', async () => {
    const tools = fakeToolchain();
    const controller = new AbortController();
    tools.replace(
      'python3',
      `${PYTHON} if (args[2] === 'download') setTimeout(() => {}, 600_000);`,
    );
    const aborted = setUp(tools, {
      signal: controller.signal,
    });
    const watch = setInterval(() => {
      if (tools.calls().includes('download')) controller.abort(new Error('enough'));
    }, 20);
    await expect(aborted).rejects.toThrow('enough');
    clearInterval(watch);
    expect(readdirSync(tools.cache)).toEqual([]);
    tools.replace('python3', PYTHON);
    expect(await setUp(tools)).toMatchObject({ ready: true });
  });

  it('reports how much has been fetched', async () => {
    const tools = fakeToolchain();
    const seen: { done: number; total: number }[] = [];
    await setUp(tools, { onProgress: (progress) => seen.push(progress) });
    const { bytes } = tools.wheels.wheels[0]!;
    expect(seen.at(-1)).toEqual({ done: bytes, total: bytes });
  });
});

describe.skipIf(platformProblem() !== null)('a set-up that can not succeed', () => {
  const noPip = "if (process.argv[3] === 'pip') process.exit(1);";
  const offline = `${PYTHON} if (args[2] === 'download') {
    console.error('WARNING: Retrying after NewConnectionError: Temporary failure in name resolution');
    console.error('ERROR: No matching distribution found for fake==0.0.0');
    process.exit(1);
  }`;
  const full = `${PYTHON} if (args[2] === 'download') {
    console.error('ERROR: Could not install packages: [Errno 28] No space left on device');
    process.exit(1);
  }`;

  it.each<[string, (tools: FakeToolchain) => NodeJS.ProcessEnv | void, RegExp]>([
    ['without python3', (tools) => tools.replace('python3', null), /^python3 is missing: install/],
    ['without pip', (tools) => tools.replace('python3', noPip), /^python3 has no pip: install/],
    [
      'without a network',
      (tools) => tools.replace('python3', offline),
      /^pip reaches no package index/,
    ],
    ['on a full disk', (tools) => tools.replace('python3', full), /^the disk is full$/],
    ['without a compiler', (tools) => tools.replace('c++', null), /^no C\+\+ compiler: install/],
    ['with a CXX that is not there', () => ({ CXX: 'nosuch -O3' }), /^CXX names nosuch -O3/],
    [
      'with a compiler that fails',
      (tools) =>
        tools.replace(
          'c++',
          "if (process.argv[2] !== '--version') { console.error('x.cc:1: error: no'); process.exit(1); }",
        ),
      /^the binding does not compile: x\.cc:1: error: no$/,
    ],
    [
      'with a wrong KIT_TENSORFLOW',
      () => ({ KIT_TENSORFLOW: '/no/such' }),
      /^KIT_TENSORFLOW: \/no\/such: no such folder$/,
    ],
    ['with downloads declined', () => ({ KIT_NO_DOWNLOAD: '1' }), /^KIT_NO_DOWNLOAD is set/],
    [
      'with a library that computes nonsense',
      () => ({ FAKE_PRODUCT: '1,2,3,4' }),
      /does not run: .*a matrix product came out as 1,2,3,4/,
    ],
  ])('%s says why in one line, and remembers it', async (_, arrange, message) => {
    const tools = fakeToolchain();
    const env = { ...tools.env, ...arrange(tools) };
    const reason = await failure({ ...tools, env });
    expect(reason).toMatch(message);
    expect(reason).not.toContain('\n');
    expect(locateEngine(env)).toEqual({ ready: false, reason, tried: true });
    expect(readdirSync(tools.cache).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('does not stand in the way once the circumstances have changed', async () => {
    const tools = fakeToolchain();
    tools.replace('c++', null);
    await failure(tools);
    expect(locateEngine({ ...tools.env, CXX: 'g++-14' })).toMatchObject({ tried: false });
    tools.replace('c++', COMPILER);
    expect(await setUp(tools)).toMatchObject({ ready: true });
    expect(existsSync(path.join(tools.cache, 'failure.json'))).toBe(false);
  });

  it('says so where the cache can not be written', async () => {
    const tools = fakeToolchain();
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const reason = await failure({ ...tools, env: { ...tools.env, XDG_CACHE_HOME: file } });
    expect(reason).toMatch(/can't be written/);
  });

  it('says so for a platform without wheels', async () => {
    const state = await setUp(fakeToolchain(), { wheels: null });
    expect(state).toMatchObject({ reason: 'no wheel of TensorFlow for this platform' });
  });
});

function setUp(
  { env, wheels }: Pick<FakeToolchain, 'env' | 'wheels'>,
  options: SetupOptions = {},
): Promise<EngineState> {
  return setupEngine({ env, wheels, ...options });
}

async function failure(tools: Pick<FakeToolchain, 'env' | 'wheels'>): Promise<string> {
  const state = await setUp(tools);
  return state.ready ? 'ready' : state.reason;
}
