import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageFiles } from '../../../../src/cli/play/page.ts';
import { startServer, type PlayServer } from '../../../../src/cli/play/server.ts';
import type { RunList } from '../../../../src/pageApi.ts';
import { kitRoot } from '../../../../src/kitPackage.ts';

const SECRET = 'nobody may read this';

let folder: string;
let server: PlayServer;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'play-'));
  const page = path.join(folder, 'page');
  mkdirSync(path.join(page, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'secret.txt'), SECRET);
  writeFileSync(path.join(page, 'index.html'), '<!doctype html>the page');
  writeFileSync(path.join(page, 'assets', 'main.js'), '// code');
  symlinkSync(path.join(folder, 'secret.txt'), path.join(page, 'assets', 'link.txt'));
  symlinkSync(folder, path.join(page, 'assets', 'up'));
  const runs = path.join(folder, 'runs');
  mkdirSync(runs);
  symlinkSync(path.join(kitRoot, 'results', 'demo'), path.join(runs, 'linked'));
  const places = { run: path.join(kitRoot, 'results', 'demo'), folders: [runs] };
  server = await startServer({ files: pageFiles(page), places }, 0);
  port = Number(new URL(server.url).port);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Sends what no client of manners would. */
function send(
  target: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Reply> {
  const all = { host: `127.0.0.1:${port}`, connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('close', () => {
      const text = Buffer.concat(parts).toString('latin1');
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text });
    });
    socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
  });
}

describe('the server of the page', () => {
  it('serves the page, its code and the list of runs', async () => {
    expect((await send('/')).text).toContain('the page');
    expect((await send('/index.html?x=1')).status).toBe(200);
    expect((await send('/assets/main.js')).text).toMatch(/text\/javascript[^]*\/\/ code$/);
    const { runs } = (await (await fetch(`${server.url}api/runs.json`)).json()) as RunList;
    expect(runs.map(({ name }) => name)).toEqual(['demo']);
    expect(JSON.stringify(runs)).not.toContain(kitRoot);
  });

  it('serves weights as the kit reads them, without the state of the optimiser', async () => {
    const { runs } = (await (await fetch(`${server.url}api/runs.json`)).json()) as RunList;
    const response = await fetch(`${server.url}api/runs/${runs[0]!.id}.safetensors`);
    const weights = Buffer.from(await response.arrayBuffer());
    const file = path.join(kitRoot, 'results', 'demo', 'model.safetensors');
    expect(weights.equals(readFileSync(file))).toBe(true);
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets/link.txt',
    '/assets/up/secret.txt',
    '//etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    '/api/runs/../../package.json',
    '/api/runs/linked.safetensors',
    '/api/runs/%00.safetensors',
    '/assets/main.js%00.html',
    '/assets/',
    '/constructor',
    '/__proto__',
  ])('has nothing at %s', async (target) => {
    const { status, text } = await send(target);
    expect(status).toBe(404);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain('root:');
  });

  it('serves nothing but what it has, whatever is asked', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e',
      '%2f',
      '/',
      '\\',
      'secret.txt',
      'assets',
      'up',
      '%00',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 8 }), async (pieces) => {
        const { status, text } = await send(`/${pieces.join('')}`);
        expect([200, 404]).toContain(status);
        expect(text).not.toContain(SECRET);
      }),
      { numRuns: 200 },
    );
  });

  it.each<Record<string, string>>([
    { host: 'evil.example' },
    { host: 'evil.example:80' },
    { host: '127.0.0.1' },
    { host: '127.0.0.1.evil.example' },
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuses %o', async (headers) => {
    const { status, text } = await send('/api/runs.json', headers);
    expect(status).toBe(403);
    expect(text).not.toContain('demo');
  });

  it('answers under both names of the loopback address', async () => {
    const host = `localhost:${port}`;
    expect((await send('/', { host, origin: `http://${host}` })).status).toBe(200);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('takes no %s', async (method) => {
    expect((await send('/', {}, method)).status).toBe(405);
  });

  it('lets the page load nothing from elsewhere, nor be framed', async () => {
    const { text } = await send('/');
    const policy = /content-security-policy: (.*)\r/.exec(text)?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/'unsafe-(inline|eval)'|https?:|\*/);
    expect(text).toContain('cross-origin-resource-policy: same-origin');
    expect(text).toContain('x-content-type-options: nosniff');
    expect(text).not.toContain('access-control-allow-origin');
  });

  it('listens on the loopback address only', async () => {
    const others = Object.values(os.networkInterfaces()).flatMap((each) => each ?? []);
    for (const { address, internal, family } of others) {
      if (internal || family !== 'IPv4') continue;
      await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow('fetch failed');
    }
  });

  it('says so in a line if its port is taken', async () => {
    const again = startServer({ files: new Map(), places: { run: null, folders: [] } }, port);
    await expect(again).rejects.toThrow(`--port: ${port} is in use`);
  });
});
