import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  evaluationName,
  listEvaluations,
  readEvaluation,
  readEvaluationSettings,
  writeEvaluation,
} from '../../../src/evaluation/evaluation.ts';
import { expectInputError } from '../../helpers/inputErrors.ts';
import { correctSample, record } from '../../helpers/records.ts';
import { evaluationSettings } from '../../helpers/runs.ts';

let run: string;
beforeAll(() => {
  run = mkdtempSync(path.join(tmpdir(), 'evaluation-'));
});
afterAll(() => rmSync(run, { recursive: true }));

const evaluation = (name: string) => ({
  name,
  settings: evaluationSettings('slow'),
  records: [record([correctSample(5)])],
});

describe('an evaluation on disk', () => {
  it('comes back as it was, and again as the one that replaced it', () => {
    const first = evaluation('slow-greedy');
    writeEvaluation(run, first);
    expect(readEvaluation(run, 'slow-greedy')).toEqual(first);
    const second = { ...first, records: [record([correctSample(7)])] };
    writeEvaluation(run, second);
    expect(readEvaluation(run, 'slow-greedy')).toEqual(second);
    expect(readEvaluationSettings(run, 'slow-greedy')).toEqual(first.settings);
  });

  it('counts only once its settings are written', () => {
    writeEvaluation(run, evaluation('auto-greedy'));
    rmSync(path.join(run, 'evaluation', 'auto-greedy', 'settings.json'));
    expect(listEvaluations(run)).not.toContain('auto-greedy');
    expect(readEvaluationSettings(run, 'auto-greedy')).toBeNull();
  });

  it('that can not be replaced leaves no settings beside records of another', () => {
    writeEvaluation(run, evaluation('fast-greedy'));
    const folder = path.join(run, 'evaluation', 'fast-greedy');
    rmSync(path.join(folder, 'records.jsonl.gz'));
    mkdirSync(path.join(folder, 'records.jsonl.gz'));
    expectInputError(() => writeEvaluation(run, evaluation('fast-greedy')), /can't be written/);
    expect(existsSync(path.join(folder, 'settings.json'))).toBe(false);
    rmSync(folder, { recursive: true });
  });

  it('is refused where its settings are of another schema or hold a strange field', () => {
    writeEvaluation(run, evaluation('strange'));
    const file = path.join(run, 'evaluation', 'strange', 'settings.json');
    const settings = JSON.parse(readFileSync(file, 'utf8'));
    const cases: [object, RegExp][] = [
      [{ ...settings, schema: 2 }, /settings\.json: schema: /],
      [{ ...settings, settings: { ...settings.settings, mode: 'quick' } }, /settings\.mode: /],
      [{ ...settings, settings: { ...settings.settings, samples: 0 } }, /settings\.samples: /],
      [{ ...settings, settings: { ...settings.settings, topK: 0 } }, /settings\.topK: /],
      [{ ...settings, settings: { ...settings.settings, topP: 0 } }, /settings\.topP: /],
      [{ ...settings, settings: { ...settings.settings, form: 'any' } }, /settings\.form: /],
      [
        { ...settings, settings: { ...settings.settings, precision: 'fp32' } },
        /settings\.precision: /,
      ],
      [
        { ...settings, settings: { ...settings.settings, typo: 1 } },
        /settings\.json: settings: .*typo/,
      ],
    ];
    for (const [changed, message] of cases) {
      writeFileSync(file, JSON.stringify(changed));
      expectInputError(() => readEvaluation(run, 'strange'), message);
    }
  });
});

describe('the names of evaluations', () => {
  it.each([
    [{ mode: 'slow', samples: 1, temperature: 0 }, undefined, 'slow-greedy'],
    [{ mode: 'auto', samples: 64, temperature: 1 }, undefined, 'auto-n64-t1'],
    [{ mode: 'fast', samples: 1, temperature: 0.5 }, 'dense', 'fast-n1-t0.5-dense'],
    [
      { mode: 'slow', samples: 1, temperature: 0, form: 'complete' },
      undefined,
      'slow-greedy-complete',
    ],
    [
      { mode: 'fast', samples: 1, temperature: 0, precision: 'bf16' },
      undefined,
      'fast-greedy-bf16',
    ],
    [
      {
        mode: 'auto',
        samples: 8,
        temperature: 1,
        topK: 20,
        topP: 0.9,
        form: 'well-formed',
        precision: 'bf16',
      },
      'dense',
      'auto-n8-t1-k20-p0.9-well-formed-bf16-dense',
    ],
    [
      { mode: 'slow', samples: 1, temperature: 0, corruption: 'drop-close' },
      'probe',
      'slow-greedy-corrupt-drop-close-probe',
    ],
  ] as const)('%o on %s is %s', (settings, on, name) => {
    expect(evaluationName(settings, on)).toBe(name);
  });

  it('are listed slow, fast, auto; a run without any has none', () => {
    const other = path.join(run, 'other');
    for (const name of [
      'auto-greedy',
      'fast-n64-t1',
      'slow-n64-t1',
      'slow-greedy',
      'fast-greedy',
    ]) {
      writeEvaluation(other, evaluation(name));
    }
    expect(listEvaluations(other)).toEqual([
      'slow-greedy',
      'slow-n64-t1',
      'fast-greedy',
      'fast-n64-t1',
      'auto-greedy',
    ]);
    expect(listEvaluations(path.join(run, 'none'))).toEqual([]);
  });
});
