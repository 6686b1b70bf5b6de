/**
 * The server of `kit play`, for the browser of whoever started it and for nobody else: it listens on the
 * loopback address, and answers only requests that were addressed to it by name and come from its own
 * pages. It reads what was found before and joins no path from a request.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import { playApi, type Api } from './api.ts';
import type { RunPlaces } from './runs.ts';

export interface Site {
  /** By the path under which they are served, `index.html` among them. */
  readonly files: ReadonlyMap<string, string>;
  readonly places: RunPlaces;
}

export interface PlayServer {
  readonly url: string;
  close(): Promise<void>;
}

export const HOST = '127.0.0.1';

/** @param port 0 takes any that is free @throws InputError if the port is taken or not allowed */
export async function startServer(site: Site, port: number): Promise<PlayServer> {
  const own = { files: site.files, api: playApi(site.places) };
  const server = createServer((request, response) => {
    const { status, type, body } = answer(request, own, portOf(server));
    send(response, { status, type, body: request.method === 'HEAD' ? '' : body });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, port)));
    server.listen(port, HOST, resolve);
  });
  return {
    url: `http://${HOST}:${portOf(server)}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}

interface Known {
  readonly files: Site['files'];
  readonly api: Api;
}

/** Longer than anything that is here. */
const LONGEST_ADDRESS = 1_000;

function answer(request: IncomingMessage, { files, api }: Known, port: number): Answer {
  const { method, url = '/' } = request;
  if (!isOwn(request, port)) return refusal(403, 'only for the page of this server');
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'nothing can be changed here');
  if (url.length > LONGEST_ADDRESS) return refusal(414, 'nothing here has so long an address');
  // Without decoding: no name here has a character that needs it.
  const name = url.replace(/[?#].*$/s, '').replace(/^\//, '') || 'index.html';
  try {
    const file = files.get(name);
    if (file !== undefined) return { status: 200, type: typeOf(name), body: readFileSync(file) };
    const found = name.startsWith('api/') ? api(name) : null;
    if (found === null) return refusal(404, 'there is nothing of that name');
    if (!(found instanceof Uint8Array)) return json(found);
    return { status: 200, type: 'application/octet-stream', body: found };
  } catch (error) {
    if (error instanceof InputError) return refusal(500, error.message);
    return refusal(500, 'this could not be read');
  }
}

/**
 * Addressed by a name of the loopback address, so that no other name was bent to lead here, and from a
 * page of this server or typed by the user, so that no other site reads runs.
 */
function isOwn({ headers }: IncomingMessage, port: number): boolean {
  // Browsers leave out the port that is usual.
  const hosts = [HOST, 'localhost'].map((name) => (port === 80 ? name : `${name}:${port}`));
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (host === undefined || !hosts.includes(host)) return false;
  if (origin !== undefined && origin !== `http://${host}`) return false;
  return site === undefined || site === 'same-origin' || site === 'none';
}

export const POLICY = [
  "default-src 'none'",
  // WebAssembly is compiled from files of this server.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'content-security-policy': `${POLICY}; frame-ancestors 'none'`,
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  response.end(body);
}

function json(value: object): Answer {
  return { status: 200, type: TYPES['.json']!, body: JSON.stringify(value) };
}

function refusal(status: number, reason: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${reason}\n` };
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.json': 'application/json; charset=utf-8',
};

function typeOf(name: string): string {
  return TYPES[path.extname(name)] ?? 'application/octet-stream';
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function explain(error: Error, port: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'is in use; choose another, or none for one that is free',
    EACCES: 'is not allowed; take one from 1024 on',
  };
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined ? error : new InputError(`--port: ${port} ${reason}`);
}
