import { describe, expect, it } from 'vitest';
import type { Examples } from '../../../src/data/examples.ts';
import { improve, type Phases } from '../../../src/improvement/driver.ts';
import { METHODS, type Method } from '../../../src/improvement/methods.ts';
import { toExamples, toRows } from '../../helpers/examples.ts';
import { exampleOfTask } from '../../helpers/improvement.ts';
import { correctSample, record, wrongSample } from '../../helpers/records.ts';

/** A model is a list of the trace lengths that it was trained on, round after round. */
type Model = readonly string[];

const FIRST: Model = ['first'];
/** Two tasks, whose stored traces have 10 tokens. */
const TASKS = toExamples([0, 1].map((id) => exampleOfTask(id, new Array<number>(10).fill(2))));

/** Task 0 is answered with 9 − round tokens, until a round if that is given, task 1 never. */
function scripted(method: Method, killAt = Infinity, lastAnswered = Infinity) {
  const told: string[] = [];
  const kept = new Map<number, Examples>();
  let done = 0;
  const step = (what: string): void => {
    if (++done === killAt) throw new Error('killed');
    told.push(what);
  };
  const phases: Phases<Model> = {
    selected: (round) => (kept.has(round) ? () => kept.get(round)! : null),
    async respond(round, { model, tasks }) {
      step(`respond ${round} by ${model.at(-1)}`);
      return Array.from(tasks.id, (id) =>
        record(
          [
            id === 0 && round <= lastAnswered
              ? correctSample(5, { traceLength: 9 - round })
              : wrongSample(),
          ],
          { id },
        ),
      );
    },
    keep(round, { examples }) {
      step(`keep ${round}`);
      kept.set(round, examples);
    },
    async train(round, { start, data }) {
      const lengths = toRows(data()).map(({ reasoning }) => reasoning.length);
      step(`train ${round} from ${start.at(-1)} on ${lengths.join()}`);
      return [...start, `model ${round}`];
    },
    async evaluate(round, model) {
      step(`evaluate ${round} ${model.at(-1)}`);
    },
  };
  const run = () => improve({ method, rounds: 3, first: FIRST, tasks: () => TASKS }, phases);
  return {
    told,
    run,
    survive: () => {
      killAt = Infinity;
    },
  };
}

describe('the driver', () => {
  it('bootstraps: each round from the model and the data of the one before', async () => {
    const { told, run } = scripted(METHODS.bootstrapping);
    expect(await run()).toEqual(['first', 'model 1', 'model 2', 'model 3']);
    expect(told).toEqual([
      'respond 1 by first',
      'keep 1',
      'train 1 from first on 8,10',
      'evaluate 1 model 1',
      'respond 2 by model 1',
      'keep 2',
      'train 2 from model 1 on 7,10',
      'evaluate 2 model 2',
      'respond 3 by model 2',
      'keep 3',
      'train 3 from model 2 on 6,10',
      'evaluate 3 model 3',
    ]);
  });

  it('iterates as an expert: from the first model, with all correct answers so far', async () => {
    const { told, run } = scripted(METHODS['expert-iteration']);
    expect(await run()).toEqual(['first', 'model 3']);
    expect(told.filter((what) => what.startsWith('train'))).toEqual([
      'train 1 from first on 10,8,10',
      'train 2 from first on 10,8,7,10',
      'train 3 from first on 10,8,7,6,10',
    ]);
    expect(told).toContain('respond 3 by model 2');
  });

  it.each([
    ['keep', 'finds the first data again', '10,10'],
    ['replace', 'finds what was selected before', '8,10'],
  ] as const)('with the rule to %s data, %s', async (data, _, later) => {
    const { told, run } = scripted({ ...METHODS.bootstrapping, data }, Infinity, 1);
    await run();
    expect(told.filter((what) => what.startsWith('train'))).toEqual([
      'train 1 from first on 8,10',
      `train 2 from model 1 on ${later}`,
      `train 3 from model 2 on ${later}`,
    ]);
  });

  it('asks nothing again that was selected, wherever it was stopped', async () => {
    const whole = scripted(METHODS.bootstrapping);
    await whole.run();
    for (let killAt = 1; killAt <= whole.told.length; killAt++) {
      const { told, run, survive } = scripted(METHODS.bootstrapping, killAt);
      await expect(run()).rejects.toThrow('killed');
      survive();
      expect(await run()).toEqual(['first', 'model 1', 'model 2', 'model 3']);
      const unique = [...new Set(told)];
      expect(unique).toEqual(whole.told);
      for (let round = 1; round <= 3; round++) {
        const selected = told.filter((what) => what === `keep ${round}`);
        expect(selected).toHaveLength(1);
      }
    }
  });
});
