import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandStudy, merged, studySchema } from '../../src/study.ts';

const STUDY = {
  name: 'small',
  question: 'Does it help?',
  base: {
    data: { task: { environment: 'maze', width: 4, height: 4, walls: [0.1, 0.4] }, trainCount: 9 },
    training: { steps: 5, dropping: { mix: 0.5 } },
  },
  cells: {
    b: {},
    a: { training: { steps: 7, dropping: { levels: [1, 0, 0, 0, 0] } } },
    parts: { training: { parts: 2 }, data: { task: { width: 5, walls: [0, 0] } } },
    sokoban: { data: { task: { environment: 'sokoban' } } },
  },
  seeds: [3, 1],
};

const expand = (changes: object = {}) =>
  expandStudy(studySchema.parse({ ...STUDY, ...changes })).map((cell) => cell);

describe('a study expands', () => {
  it('to all cells with the first seed, then with the next, in the order of the file', () => {
    expect(expand().map(({ folder }) => folder)).toEqual(
      'b-s3 a-s3 parts-s3 sokoban-s3 b-s1 a-s1 parts-s1 sokoban-s1'.split(' '),
    );
  });

  it('to experiments that differ from the base in what the cell states, name and seed', () => {
    const [b, a, parts, sokoban] = expand().map(({ input }) => input);
    const common = { description: STUDY.question, notes: '', seed: 3 };
    expect(b).toEqual({
      ...common,
      name: 'small-b-s3',
      data: STUDY.base.data,
      training: { parts: 1, steps: 5, dropping: { mix: 0.5 } },
    });
    expect(a).toEqual({
      ...b,
      name: 'small-a-s3',
      training: { parts: 1, steps: 7, dropping: { levels: [1, 0, 0, 0, 0] } },
    });
    expect(parts).toEqual({
      ...b,
      name: 'small-parts-s3',
      training: { parts: 2, steps: 5, dropping: { mix: 0.5 } },
      data: { ...STUDY.base.data, task: { ...STUDY.base.data.task, width: 5, walls: [0, 0] } },
    });
    expect(sokoban!['data']).toEqual({ ...STUDY.base.data, task: { environment: 'sokoban' } });
  });
});

describe('overrides', () => {
  const leaf = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.array(fc.integer()));
  const { tree } = fc.letrec<{ tree: Record<string, unknown> }>((tie) => ({
    tree: fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof({ depthSize: 'small' }, leaf, tie('tree')),
    ),
  }));
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  /** What stands at every path that leads to no record, or to one without fields. */
  const leaves = (value: unknown, at: readonly string[] = []): [string, unknown][] =>
    isRecord(value) && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...at, key]))
      : [[at.join('.'), value]];
  const found = (value: unknown, path: string): unknown =>
    path.split('.').reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), value);

  it('hold wherever they state something, and the base wherever they do not', () => {
    fc.assert(
      fc.property(tree, tree, (base, overrides) => {
        const result = merged(base, overrides);
        for (const [path, value] of leaves(overrides)) {
          if (path !== '' && !isRecord(value)) expect(found(result, path)).toEqual(value);
        }
        const stated = leaves(overrides).map(([path]) => path);
        for (const [path, value] of leaves(base)) {
          const touched = stated.some(
            (other) =>
              other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`),
          );
          if (path !== '' && !touched) expect(found(result, path)).toEqual(value);
        }
      }),
    );
  });

  it('change nothing if there are none, and nothing more if given twice', () => {
    fc.assert(
      fc.property(tree, tree, (base, overrides) => {
        const before = structuredClone(base);
        const once = merged(base, overrides);
        expect(merged(base, {})).toEqual(base);
        expect(merged(once, overrides)).toEqual(once);
        expect(base).toEqual(before);
      }),
    );
  });
});
