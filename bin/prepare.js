/**
 * Brings a clone to where its commands work: dependencies, build, native engine. Each step is
 * taken only if it is needed, and says so in a line; otherwise this prints nothing.
 *
 * Needs nothing but Node, since it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...names) => path.join(root, ...names);
const say = (line) => process.stderr.write(`${line}\n`);

const SOURCES = ['envs', 'solvers', 'traces', 'src', 'experiments', 'bench'];
const STAMP = at('dist', '.built-from');

checkNode();
if (!dependenciesFit() || !buildFits()) {
  const release = await lock(at('dist', '.prepare.lock'));
  try {
    if (!dependenciesFit()) installDependencies();
    if (!buildFits()) build();
  } finally {
    release();
  }
}
await setUpEngine();

function checkNode() {
  const { engines } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const parse = (version) => version.split('.').map(Number);
  const have = parse(process.versions.node);
  const fits = engines.node.split('||').some((range) => {
    const [, operator, version] = /^(\^|>=)(.*)$/.exec(range.trim());
    const least = parse(version);
    if (operator === '^' && have[0] !== least[0]) return false;
    const differing = least.findIndex((number, i) => number !== have[i]);
    return differing === -1 || have[differing] > least[differing];
  });
  if (!fits) fail(`Node ${process.versions.node} is not supported; needed is ${engines.node}`);
}

/** Whether every package of the lock file is installed in its version. */
function dependenciesFit() {
  const installed = packagesOf(at('node_modules', '.package-lock.json'));
  const wanted = packagesOf(at('package-lock.json'));
  return Object.entries(wanted).every(([place, { version, integrity, optional }]) => {
    if (place === '') return true;
    const found = installed[place];
    // npm leaves out what is optional and made for other platforms.
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return {};
  }
}

function installDependencies() {
  say('Installing the dependencies (npm ci)');
  // npm names itself to what it runs; elsewhere it lies on the PATH.
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm?.endsWith('.js') ? [process.execPath, npm, 'ci'] : ['npm', 'ci'];
  run('npm ci', command, [...args, '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Compares contents, since times differ between checkouts and copies. */
function buildFits() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sourceHash();
}

function sourceHash() {
  const hash = createHash('sha256');
  const files = SOURCES.flatMap((folder) => filesBelow(folder, '.ts'));
  files.sort((a, b) => (a < b ? -1 : 1));
  files.push('tsconfig.json', 'tsconfig.build.json', 'package-lock.json');
  for (const file of files) {
    hash.update(`${file}\n`).update(readFileSync(at(file)));
  }
  return hash.digest('hex');
}

function build() {
  say('Building (tsc)');
  const hash = sourceHash();
  rmSync(STAMP, { force: true });
  removeOrphans();
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
  run('tsc', process.execPath, [tsc, '-p', at('tsconfig.build.json')]);
  writeFileSync(`${STAMP}.new`, hash);
  renameSync(`${STAMP}.new`, STAMP);
}

/** Takes away what was built from sources that are gone. */
function removeOrphans() {
  const built = SOURCES.flatMap((folder) => filesBelow(path.join('dist', folder), '.js'));
  for (const file of built) {
    const source = path.relative('dist', file).replace(/\.js$/, '.ts');
    if (existsSync(at(source))) continue;
    for (const name of [file, `${file}.map`]) rmSync(at(name), { force: true });
  }
}

/** Paths below the root. */
function filesBelow(folder, ending) {
  if (!existsSync(at(folder))) return [];
  return readdirSync(at(folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(file, ending);
    return file.endsWith(ending) ? [file] : [];
  });
}

/** Once: a failure is remembered, and `kit setup` tries again. */
async function setUpEngine() {
  if (['wasm', 'cpu'].includes(process.env.KIT_BACKEND)) return;
  const engine = (name) => import(pathToFileURL(at('dist', 'src', 'engine', name)).href);
  const { locateEngine } = await engine('nativeEngine.js');
  const { ready, tried } = locateEngine();
  if (ready || tried) return;
  const { setupEngine } = await engine('setup.js');
  const log = (line) => say(`Native engine: ${line}`);
  const state = await setupEngine({ log, onProgress: occasionally(log) });
  if (state.ready) return;
  say(`Native engine: ${state.reason}`);
  say('Going on with WebAssembly, which is slower. `npx kit setup` tries again.');
}

/** How far a long download is, in a line every 15 seconds. */
function occasionally(log) {
  const interval = 15_000;
  let next = Date.now() + interval;
  return ({ done, total }) => {
    if (Date.now() < next) return;
    next += interval;
    log(`${Math.round(done / 1e6)} of ${Math.round(total / 1e6)} MB`);
  };
}

/** Waits while another process prepares this clone. */
async function lock(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  for (let told = false; ;) {
    try {
      writeFileSync(file, `${process.pid} ${startTime(process.pid)}`, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(file)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) say('Waiting for another process that prepares this clone');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Whether the process that made the lock is gone, even if another one now has its id. */
function isAbandoned(file) {
  try {
    const [pid, time] = readFileSync(file, 'utf8').split(' ');
    // Killed before it wrote its name, or just about to write it.
    if (time === undefined) return Date.now() - statSync(file).mtimeMs > 5000;
    process.kill(Number(pid), 0);
    return startTime(pid) !== time;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function startTime(pid) {
  const stat = `/proc/${pid}/stat`;
  // After the command, which may hold spaces, the state comes first and the start time twentieth.
  return existsSync(stat) ? readFileSync(stat, 'utf8').split(') ').pop().split(' ')[19] : '';
}

function run(name, command, args) {
  const { status, error, signal } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (error !== undefined) fail(`${name} can't be started: ${error.message}`);
  if (signal !== null) process.exit(130);
  if (status !== 0) fail(`${name} failed`);
}

function fail(message) {
  say(`prepare: ${message}`);
  process.exit(1);
}
