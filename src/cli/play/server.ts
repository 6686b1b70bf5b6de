/**
 * The server of `kit play`, for the browser of whoever started it and for nobody else: it listens on the
 * loopback address, and answers only requests that were addressed to it by name and come from its own
 * pages. It reads what was found before and joins no path from a request. Connections take turns, and what
 * each of them takes is bounded.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished, pipeline } from 'node:stream/promises';
import { InputError } from '../../../envs/inputError.ts';
import { answerTo, HOST, refusal, type Answer, type Known } from './answers.ts';
import { playApi } from './api.ts';
import type { RunPlaces } from './runs.ts';
import { createTurns } from './turns.ts';

export interface Site {
  /** By the path under which they are served, `index.html` among them. */
  readonly files: ReadonlyMap<string, string>;
  readonly places: RunPlaces;
}

export interface PlayServer {
  readonly url: string;
  close(): Promise<void>;
}

export const LIMITS = {
  connections: 100,
  /** Requests. */
  waiting: { perClient: 16, inAll: 200 },
  /** Milliseconds until the headers of a request are there, until all of it is, and between two looks. */
  headers: 10_000,
  request: 20_000,
  look: 5_000,
  /** Milliseconds until an answer is made and taken. */
  answer: 300_000,
};

/** @param port 0 takes any that is free @throws InputError if the port is taken or not allowed */
export async function startServer(
  site: Site,
  port: number,
  limits: typeof LIMITS = LIMITS,
): Promise<PlayServer> {
  const api = playApi(site.places);
  const turns = createTurns(limits.waiting);
  const times = {
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    connectionsCheckingInterval: limits.look,
  };
  const server = createServer(times, (request, response) => {
    const known = { files: site.files, api, port: portOf(server) };
    const work = () => respond(request, response, { known, longest: limits.answer });
    if (turns.add(request.socket, work)) return;
    const { body, ...head } = refusal(503, 'too many requests at once');
    writeHead({ request, response }, { ...head, size: Buffer.byteLength(body) });
    response.end(body);
  });
  server.maxConnections = limits.connections;
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

/** Ends once the answer is with the client, or the client gone. */
async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { known, longest }: { readonly known: Known; readonly longest: number },
): Promise<void> {
  const { socket } = request;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  socket.once('close', leave);
  const timer = setTimeout(() => socket.destroy(), longest);
  try {
    // Not to be waited for: nobody tells of responses that a closed connection has never come to.
    if (socket.destroyed) return;
    const answer = await answerTo(request, known, gone.signal);
    await send(answer, { request, response, signal: gone.signal });
  } catch {
    socket.destroy();
  } finally {
    clearTimeout(timer);
    socket.off('close', leave);
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** @param signal aborts when the client has gone @throws if it does, or a file can't be read to its end */
async function send(
  { body, ...head }: Answer,
  { request, response, signal }: Exchange & { readonly signal: AbortSignal },
): Promise<void> {
  const isWhole = typeof body === 'string' || body instanceof Uint8Array;
  const size = isWhole ? Buffer.byteLength(body) : body.size;
  try {
    writeHead({ request, response }, { ...head, size });
    if (!isWhole && request.method !== 'HEAD') {
      await pipeline(body.pieces(), response, { signal });
    } else {
      response.end(isWhole ? body : undefined);
      await finished(response, { signal });
    }
  } finally {
    if (!isWhole) await body.close();
  }
}

function writeHead(
  { request, response }: Exchange,
  { status, type, size }: Omit<Answer, 'body'> & { readonly size: number },
): void {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
  response.writeHead(status, {
    'content-type': type,
    'content-length': size,
    'content-security-policy': `${POLICY}; frame-ancestors 'none'`,
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    // What somebody sends is not read.
    ...((length !== '0' || coding !== undefined) && { connection: 'close' }),
  });
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
