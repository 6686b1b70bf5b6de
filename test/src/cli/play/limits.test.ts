import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { LIMITS, startServer, type PlayServer } from '../../../../src/cli/play/server.ts';
import { experimentSchema } from '../../../../src/experiment.ts';
import { modelConfig } from '../../../../src/model/config.ts';
import { initialParams } from '../../../../src/model/params.ts';
import type { RunList } from '../../../../src/pageApi.ts';
import { writeSealed } from '../../../../src/sealed.ts';
import { writeCheckpoint } from '../../../../src/training/checkpoint.ts';
import { createVocabulary } from '../../../../traces/vocabulary.ts';
import { createRng } from '../../../../envs/rng.ts';
import { temporaryFolder } from '../../../helpers/kit.ts';
import { writeWholeRun } from '../../../helpers/runs.ts';

const folder = temporaryFolder();
const runs = path.join(folder, 'runs');
const index = path.join(folder, 'index.html');
writeFileSync(index, 'the page');
writeWholeRun(path.join(runs, 'small'));
writeLargeRun(path.join(runs, 'large'));

/** With weights of some megabytes, more than sockets take in advance. */
function writeLargeRun(run: string): void {
  writeWholeRun(run);
  const model = { dim: 256, encoderLayers: 4, decoderLayers: 4, heads: 4, ffnDim: 1024 };
  const data = { task: { environment: 'maze', width: 3, height: 3 }, trainCount: 10 };
  writeSealed(
    path.join(run, 'experiment.json'),
    experimentSchema.parse({ name: 'large', data, model }),
  );
  const vocabulary = { environment: 'maze', coordinates: 3, costs: 9 };
  const config = modelConfig(model, createVocabulary(vocabulary).size);
  const params = initialParams(config, createRng(1));
  const file = path.join(run, 'model.safetensors');
  const info = { step: 1, validationLoss: null, vocabulary, config };
  writeCheckpoint(file, { ...info, params, optimizer: null });
}

let server: PlayServer;
afterEach(() => server.close());

async function start(limits: Partial<typeof LIMITS> = {}): Promise<void> {
  const places = { run: null, folders: [runs] };
  const site = { files: new Map([['index.html', index]]), places };
  server = await startServer(site, 0, { ...LIMITS, ...limits });
}

const port = (): number => Number(new URL(server.url).port);
const request = (target: string, headers = ''): string =>
  `GET /${target} HTTP/1.1\r\nhost: 127.0.0.1:${port()}\r\n${headers}\r\n`;

/** A client that reads, unless it pauses. */
class Client {
  text = '';
  readonly socket: net.Socket;
  readonly closed: Promise<unknown>;
  constructor() {
    this.socket = net.connect(port(), '127.0.0.1');
    this.socket.setEncoding('latin1');
    this.socket.on('data', (data) => (this.text += String(data)));
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
  }
  count(status: number): number {
    return this.text.split(`HTTP/1.1 ${status} `).length - 1;
  }
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) await once(this.socket, 'data');
  }
}

describe('many requests at once', () => {
  it('on one connection keep no other waiting, and are refused beyond what may wait', async () => {
    await start();
    const [greedy, other] = [new Client(), new Client()];
    greedy.socket.write(request('api/runs.json').repeat(600));
    await greedy.until(() => greedy.count(200) > 0);
    other.socket.write(request('index.html'));
    await other.until(() => other.text.endsWith('the page'));
    const answered = greedy.count(200);
    expect(answered).toBeLessThanOrEqual(LIMITS.waiting.perClient);
    await greedy.until(() => greedy.count(200) + greedy.count(503) === 600);
    expect(greedy.count(200)).toBeLessThan(600);
    expect(greedy.text).toMatch(/^HTTP\/1\.1 503 [^]*\r\n\r\ntoo many requests at once\n/m);
    greedy.socket.destroy();
    other.socket.destroy();
  });

  it('on many connections are each answered or refused', async () => {
    await start({ waiting: { perClient: 4, inAll: 6 } });
    const clients = Array.from({ length: 5 }, () => new Client());
    for (const { socket } of clients) socket.write(request('index.html').repeat(4));
    for (const client of clients) {
      await client.until(() => client.count(200) + client.count(503) === 4);
      client.socket.destroy();
    }
    expect(clients.some((client) => client.count(200) > 0)).toBe(true);
  });

  it('are forgotten with their connection', async () => {
    await start();
    for (let i = 0; i < 50; i++) {
      const client = new Client();
      client.socket.write(request('api/runs.json').repeat(LIMITS.waiting.perClient));
      await once(client.socket, 'connect');
      client.socket.destroy();
      await client.closed;
    }
    expect((await fetch(server.url)).status).toBe(200);
  });
});

describe('large weights', () => {
  const weights = async (): Promise<string> => {
    const { runs } = (await (await fetch(`${server.url}api/runs.json`)).json()) as RunList;
    return `api/runs/${runs.find(({ name }) => name === 'large')!.id}.safetensors`;
  };

  it('that a client does not read keep no other waiting, not even for the same', async () => {
    await start();
    const address = await weights();
    const lazy = Array.from({ length: 8 }, () => new Client());
    for (const { socket } of lazy) socket.pause().write(request(address));
    const bytes = await (await fetch(server.url + address)).arrayBuffer();
    expect(bytes.byteLength).toBeGreaterThan(10_000_000);
    for (const { socket } of lazy) socket.destroy();
  });

  it('are given up once their time is over', async () => {
    await start();
    const address = await weights();
    await server.close();
    await start({ answer: 50 });
    const client = new Client();
    client.socket.pause().write(request(address));
    // Who does not read learns of the end by writing only.
    while (!client.socket.destroyed) {
      client.socket.write('\r\n');
      await pause(10);
    }
    expect(client.socket.destroyed).toBe(true);
  });

  it('have a size that can be asked for alone', async () => {
    await start();
    const response = await fetch(server.url + (await weights()), { method: 'HEAD' });
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(10_000_000);
    expect(await response.text()).toBe('');
  });
});

describe('a connection is ended', () => {
  it.each([
    ['says nothing', ''],
    ['never ends its headers', 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n'],
  ])('that %s', async (_, text) => {
    await start({ headers: 50, request: 100, look: 10 });
    const client = new Client();
    client.socket.write(text);
    await client.closed;
    expect(client.socket.destroyed).toBe(true);
  });

  it('after the answer to a request with a body, which is not read', async () => {
    await start();
    const client = new Client();
    client.socket.write(request('index.html', 'content-length: 1000000\r\n'));
    await client.closed;
    expect(client.text).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*the page$/);
  });

  it('if there are too many', async () => {
    await start({ connections: 3 });
    const clients = Array.from({ length: 3 }, () => new Client());
    for (const client of clients) {
      client.socket.write(request('index.html'));
      await client.until(() => client.text.endsWith('the page'));
    }
    const refused = new Client();
    await refused.closed;
    expect(refused.text).toBe('');
    clients[0]!.socket.destroy();
    await clients[0]!.closed;
    for (const { socket } of clients) socket.destroy();
  });
});
