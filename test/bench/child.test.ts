import { afterEach, describe, expect, it } from 'vitest';
import { ChildFailure, startChild, type Child } from '../../bench/child.ts';

/** A program in JavaScript that is called with each parsed line as `message`. */
function startProgram(body: string, memoryLimit = 4096): Child {
  const script = `
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const message = JSON.parse(line);
      const reply = (value) => console.log(JSON.stringify(value));
      ${body}
    });`;
  child = startChild(process.execPath, ['-e', script], { memoryLimit });
  return child;
}

let child: Child;
afterEach(() => child.stop());

async function failureOf(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ChildFailure);
  return (error as Error).message;
}

describe('a child', () => {
  it('answers what it is asked, in order, whatever else it prints', async () => {
    const { ask } = startProgram(`console.log('noise'); reply({ twice: 2 * message.n });`);
    for (const n of [1, 2, 3]) expect(await ask({ n })).toEqual({ twice: 2 * n });
  });

  it('is told what needs no answer', async () => {
    const { tell, ask } = startProgram(
      `if (message.add) global.sum = (global.sum ?? 0) + message.add; else reply({ sum });`,
    );
    tell({ add: 1 });
    tell({ add: 2 });
    expect(await ask({})).toEqual({ sum: 3 });
  });

  it('goes on after a request that it could not do', async () => {
    const { ask } = startProgram(`reply(message.bad ? { error: 'is bad' } : {});`);
    expect(await failureOf(ask({ bad: true }))).toBe('is bad');
    expect(await ask({})).toEqual({});
  });

  it('that dies fails the request and all later ones with what it said last', async () => {
    const { ask } = startProgram(`console.error('Error: out of luck'); process.exit(3);`);
    expect(await failureOf(ask({}))).toBe('Error: out of luck');
    expect(await failureOf(ask({}))).toBe('Error: out of luck');
  });

  it('that does not exist fails what it is asked', async () => {
    child = startChild('/no/such/program', [], { memoryLimit: 1 });
    expect(await failureOf(child.ask({}))).toMatch(/ENOENT/);
  });

  it.runIf(process.platform === 'linux')('is ended when it takes too much memory', async () => {
    const { ask } = startProgram(
      `global.kept = []; setInterval(() => kept.push(Buffer.alloc(2e7, 1)), 1);`,
      200,
    );
    expect(await failureOf(ask({}))).toBe('needs more than 200 MiB');
  });

  it.runIf(process.platform === 'linux')('reports the most memory that it held', async () => {
    const { ask, peakMemory } = startProgram(`Buffer.alloc(2e8, 1); reply({});`);
    await ask({});
    expect(peakMemory()).toBeGreaterThan(190);
  });
});
