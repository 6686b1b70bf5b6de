/** What a request to the server of `kit play` is answered, and what it is refused. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import type { Api } from './api.ts';
import type { Weights } from './weights.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array | Weights;
}

export interface Known {
  /** By the path under which they are served. */
  readonly files: ReadonlyMap<string, string>;
  readonly api: Api;
  /** On which the server listens. */
  readonly port: number;
}

/** The only address that the server listens on. */
export const HOST = '127.0.0.1';

/** Longer than anything that is here. */
const LONGEST_ADDRESS = 1_000;

/** @param signal gives up what takes long @throws the reason of `signal` once it aborts */
export async function answerTo(
  request: IncomingMessage,
  { files, api, port }: Known,
  signal: AbortSignal,
): Promise<Answer> {
  const { method, url = '/' } = request;
  if (!isOwn(request, port)) return refusal(403, 'only for the page of this server');
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'nothing can be changed here');
  if (url.length > LONGEST_ADDRESS) return refusal(414, 'nothing here has so long an address');
  // Without decoding: no name here has a character that needs it.
  const name = url.replace(/[?#].*$/s, '').replace(/^\//, '') || 'index.html';
  try {
    const file = files.get(name);
    if (file !== undefined) return { status: 200, type: typeOf(name), body: readFileSync(file) };
    const record = api.record(name);
    if (record !== null) return { status: 200, type: typeOf(name), body: JSON.stringify(record) };
    const weights = await api.weights(name, signal);
    if (weights !== null) return { status: 200, type: typeOf(name), body: weights };
    return refusal(404, 'there is nothing of that name');
  } catch (error) {
    signal.throwIfAborted();
    return refusal(500, error instanceof InputError ? error.message : 'this could not be read');
  }
}

export function refusal(status: number, reason: string): Answer & { readonly body: string } {
  return { status, type: 'text/plain; charset=utf-8', body: `${reason}\n` };
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
