import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../envs/inputError.ts';
import { sokobanProblem } from '../../envs/sokoban/sokoban.ts';
import { parseSokoban } from '../../envs/sokoban/text.ts';
import { astar } from '../../solvers/astar.ts';
import { sokobanTokenizer } from '../../traces/sokobanTokenizer.ts';
import { createVocabulary, widestVocabulary } from '../../traces/vocabulary.ts';
import { arbitrarySokoban } from '../helpers/sokoban.ts';
import { arbitrarySokobanTrace, clausesOf, idsOf, textOf, traceOf } from '../helpers/traces.ts';

const level = (...lines: string[]) => parseSokoban(lines.join('\n'));

describe('Sokoban tokens', () => {
  it('are those derived by hand for one push down', () => {
    // Children up, down, left, right: up is off the board, down pushes the box onto its dock.
    const task = level('-@-', '-$-', '-.-');
    const { reasoning, plan, vocabulary } = traceOf('sokoban', task);
    expect(textOf(sokobanTokenizer.prompt(task, vocabulary), vocabulary)).toBe(
      'worker 1 0 box 1 1 dock 1 2',
    );
    expect(textOf(reasoning, vocabulary)).toBe(
      'create worker 1 0 box 1 1 c0 c1 close worker 1 0 box 1 1 c0 c1 ' +
        'create worker 1 1 c1 c0 create worker 0 0 box 1 1 c1 c1 ' +
        'create worker 2 0 box 1 1 c1 c1 close worker 1 1 c1 c0',
    );
    expect(textOf(plan, vocabulary)).toBe('plan 1 0 plan 1 1');
  });

  it('are those derived by hand for a corridor', () => {
    const task = level('@$ .');
    const { reasoning, plan, vocabulary } = traceOf('sokoban', task);
    expect(textOf(reasoning, vocabulary)).toBe(
      'create worker 0 0 box 1 0 c0 c2 close worker 0 0 box 1 0 c0 c2 ' +
        'create worker 1 0 box 2 0 c1 c1 close worker 1 0 box 2 0 c1 c1 ' +
        'create worker 0 0 box 2 0 c2 c1 create worker 2 0 c2 c0 close worker 2 0 c2 c0',
    );
    expect(textOf(plan, vocabulary)).toBe('plan 0 0 plan 1 0 plan 2 0');
  });

  it('leave out boxes on docks, and docks under boxes', () => {
    const task = level('*@#', ' $.', '.##');
    const { reasoning, vocabulary } = traceOf('sokoban', task);
    expect(textOf(sokobanTokenizer.prompt(task, vocabulary), vocabulary)).toBe(
      'worker 1 0 box 1 1 dock 0 2 dock 2 1 wall 1 2 wall 2 0 wall 2 2',
    );
    expect(textOf(reasoning, vocabulary)).toMatch(/^create worker 1 0 box 1 1 c0 c1 /);
  });

  it('come in the order of the text "x-y", in which 10-1 is before 2-1', () => {
    const task = level('#############', '#@$  ..  $$.#', '#############');
    const { reasoning, vocabulary } = traceOf('sokoban', task);
    const prompt = textOf(sokobanTokenizer.prompt(task, vocabulary), vocabulary);
    expect(prompt).toMatch(
      /^worker 1 1 box 10 1 box 2 1 box 9 1 dock 11 1 dock 5 1 dock 6 1 wall 0 0 /,
    );
    const walls = prompt.match(/(?<=wall )\d+ \d+/g)!.map((xy) => xy.replace(' ', '-'));
    expect(walls).toEqual([...walls].sort());
    expect(textOf(reasoning, vocabulary)).toMatch(
      /^create worker 1 1 box 10 1 box 2 1 box 9 1 c0 /,
    );
  });

  it('number 6 a clause and 3 a box that is not on a dock', () => {
    fc.assert(
      fc.property(arbitrarySokobanTrace(3), ({ vocabulary: each, search, reasoning }) => {
        const clauses = clausesOf(textOf(reasoning, each));
        expect(clauses).toHaveLength(search.log.length);
        const form = /^(create|close) worker \d+ \d+( box \d+ \d+)* c\d+ c\d+$/;
        for (const clause of clauses) expect(clause).toMatch(form);
        const boxes = (clause: string): string[] => clause.match(/box \d+ \d+/g) ?? [];
        for (const clause of clauses) expect(boxes(clause)).toEqual(boxes(clause).sort());
      }),
      { numRuns: 300 },
    );
  });
});

it('tokens of ever more arrangements of many boxes are those of each alone', () => {
  const task = level(
    '@'.padEnd(60, '-'),
    ...Array<string>(5).fill('-$-'.repeat(20)),
    '.'.repeat(60),
    '.'.repeat(60),
  );
  const vocabulary = createVocabulary(widestVocabulary('sokoban', task));
  const problem = sokobanProblem(task);
  const { log } = astar(problem, { maxSteps: 20_000 });
  expect(problem.arrangement(log.states.at(-1)!)).toBeGreaterThan(3500);
  const writer = sokobanTokenizer.states(task, vocabulary, problem);
  const nameOf = (cell: number): string => `${cell % 60} ${Math.floor(cell / 60)}`;
  for (const state of log.states.filter((_, row) => row % 37 === 0)) {
    const ids = new Uint16Array(writer.maxTokens);
    const boxes = problem.boxes(state).filter((box) => !task.docks.includes(box));
    const texts = boxes.map((box) => `box ${nameOf(box)}`);
    texts.sort((a, b) => (a.replaceAll(' ', '-') < b.replaceAll(' ', '-') ? -1 : 1));
    expect(textOf(ids.subarray(0, writer.write(state, ids, 0)), vocabulary)).toBe(
      ['worker ' + nameOf(problem.agent(state)), ...texts].join(' '),
    );
  }
});

describe('a Sokoban prompt', () => {
  it('is read back as its level, but for boxes on docks and the docks below them', () => {
    fc.assert(
      fc.property(arbitrarySokoban(), (task) => {
        const each = createVocabulary(widestVocabulary('sokoban', task));
        const prompt = sokobanTokenizer.prompt(task, each);
        const read = sokobanTokenizer.readPrompt(prompt, each, task);
        const { boxes, docks } = task;
        expect(read).toEqual({
          ...task,
          boxes: boxes.filter((box) => !docks.includes(box)),
          docks: docks.filter((dock) => !boxes.includes(dock)),
        });
        expect(sokobanTokenizer.prompt(read, each)).toEqual(prompt);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['', 'its end: no worker'],
    ['worker 0 0 worker 1 0', 'a second worker'],
    ['worker 0 0 box 0 0 dock 1 1', 'token 3, "box": a box where there is a worker'],
    ['worker 0 0 box 1 1 dock 1 1', 'token 6, "dock": a dock where there is a box'],
    ['worker 0 0 dock 1 1 wall 1 1', 'token 6, "wall": a wall where there is a dock'],
    ['worker 0 0 dock 1 1 box 1 2', 'token 6, "box": expected dock, wall'],
    ['worker 0 0 box 1 1 box 0 2 dock 2 2', 'the cells of box do not ascend'],
    ['worker 0 0 box 1 1 box 1 2 dock 2 2', '2 boxes for 1 docks'],
    ['worker 0 3', 'no coordinate'],
  ])('"%s" is refused', (text, message) => {
    const vocabulary = createVocabulary({ environment: 'sokoban', coordinates: 4, costs: 1 });
    const ids = idsOf(text, vocabulary);
    const read = () => sokobanTokenizer.readPrompt(ids, vocabulary, { width: 3, height: 3 });
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });
});
