import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../../envs/rng.ts';
import { hasKernels } from '../../../../src/engine/kernels.ts';
import { chooseTokens } from '../../../../src/model/sampling.ts';
import { startTestBackend } from '../../../helpers/backend.ts';
import { expectRefusal, outputsOf, randomFloats, seeds } from '../../../helpers/kernels.ts';
import { expectClose } from '../../../helpers/tensors.ts';

await startTestBackend();

/** The largest that rollouts draw. */
const LARGEST = 1 - 2 ** -22;

describe.runIf(hasKernels())('KitChooseTokens', () => {
  it('takes what is forced, else the first of the likeliest allowed, or what the draw says', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const { vocabulary, temperature } = choice;
        const given = inputsOf(choice);
        const { tokens } = choose(choice, given);
        tokens.forEach((token, row) => {
          if (given.forced[row]! >= 0) return expect(token).toBe(given.forced[row]);
          const logits = given.logits.subarray(row * vocabulary, (row + 1) * vocabulary);
          const allowed = allowedIn(given, row, vocabulary);
          expect(allowed).toContain(token);
          if (temperature === 0) {
            const most = Math.max(...allowed.map((own) => logits[own]!));
            return expect(token).toBe(allowed.find((own) => logits[own] === most));
          }
          const { before, chance } = share(logits, { allowed, temperature, token });
          const draw = given.uniforms[row]!;
          expect(draw).toBeGreaterThan(before - 1e-5);
          expect(draw).toBeLessThan(before + chance + 1e-5);
          expect(chance).toBeGreaterThanOrEqual(Math.min(draw, 1e-9) / 2);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('gives ln p of each token at temperature 1 among all, and the state that it leads to', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const { vocabulary } = choice;
        const given = inputsOf(choice);
        const { tokens, logProbs, after } = choose(choice, given);
        const all = Array.from({ length: vocabulary }, (_, token) => token);
        tokens.forEach((token, row) => {
          const logits = given.logits.subarray(row * vocabulary, (row + 1) * vocabulary);
          const { logChance } = share(logits, { allowed: all, temperature: 1, token });
          expectClose([logProbs[row]!], [logChance], { absolute: 1e-5, relative: 1e-6 });
          const state = given.states[row]!;
          const next = choice.states === 0 ? state : given.transitions[state * vocabulary + token]!;
          expect(after[row]).toBe(Math.max(0, next));
        });
      }),
      { numRuns: 200 },
    );
  });

  it('chooses as the operations of every backend do', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const { vocabulary, temperature, rows, states } = choice;
        fc.pre(vocabulary > 1); // TensorFlow.js has no one-hot vectors of one number.
        const given = inputsOf({ ...choice, scale: Math.min(choice.scale, 10) });
        // Away from where two tokens meet, at which a rounding decides.
        const uniforms = given.uniforms.map((draw) => Math.max(draw, 0.01));
        const own = choose(choice, { ...given, uniforms });
        const plain = tf.tidy(() => {
          const { tokens, logProbs } = chooseTokens(
            tf.tensor2d(given.logits, [rows, vocabulary]),
            { greedy: temperature === 0, byGrammar: states > 0 },
            tensorsOf(choice, { ...given, uniforms }),
          );
          return { tokens: [...tokens.dataSync()], logProbs: logProbs.dataSync() };
        });
        plain.tokens.forEach((token, row) => {
          if (token === own.tokens[row]) {
            expectClose([own.logProbs[row]!], [plain.logProbs[row]!], { absolute: 1e-4 });
            return;
          }
          const logits = given.logits.subarray(row * vocabulary, (row + 1) * vocabulary);
          const allowed = allowedIn(given, row, vocabulary);
          const { before } = share(logits, {
            allowed,
            temperature,
            token: Math.max(token, own.tokens[row]!),
          });
          expectClose([before], [uniforms[row]!], { absolute: 1e-5 });
        });
      }),
      { numRuns: 100 },
    );
  });

  it('draws nothing that has no chance, however large the draw', () => {
    for (let seed = 0; seed < 200; seed++) {
      const likely = 900;
      const choice = { ...ONE_ROW, seed, vocabulary: 938 };
      const logits = randomFloats(seed, { count: 938 }).fill(-60, likely);
      const given = { ...unforced(choice), logits, uniforms: Float32Array.of(LARGEST) };
      expect(choose(choice, given).tokens[0]).toBeLessThan(likely);
    }
  });

  it('draws the first token that has a chance if the draw is 0', () => {
    const choice = { ...ONE_ROW, vocabulary: 40, states: 1 };
    const given = unforced(choice);
    for (const first of [0, 1, 15, 16, 17, 39]) {
      const transitions = Int32Array.from({ length: 40 }, (_, i) => (i < first ? -1 : 0));
      const drawn = choose(choice, { ...given, transitions, uniforms: Float32Array.of(0) });
      expect(drawn.tokens[0]).toBe(first);
    }
  });

  it('refuses shapes that do not agree, and rounds, tokens and states that there are not', () => {
    const right = {
      logits: [3, 5],
      uniforms: [2, 3],
      temperature: [],
      forced: [2, 3],
      round: [],
      transitions: [2, 5],
      states: [3],
    };
    const wrong: Record<keyof typeof right, number[][]> = {
      logits: [[], [15], [3, 0], [3, 4], [3, 5, 2], [4, 5]],
      uniforms: [[], [2], [6], [1, 3], [2, 4]],
      temperature: [[0], [2]],
      forced: [[2], [6], [1, 3], [2, 4]],
      round: [[0], [2]],
      transitions: [[], [10], [2, 4]],
      states: [[2], [4]],
    };
    const floats = ['logits', 'uniforms', 'temperature'];
    const refusal = (
      shapes: Record<string, number[]>,
      complaint: string,
      fills: Record<string, number> = {},
    ): void => {
      const inputs = Object.entries(shapes).map(([name, shape]) => () => {
        return tf.fill(shape, fills[name] ?? 0, floats.includes(name) ? 'float32' : 'int32');
      });
      expectRefusal('KitChooseTokens', inputs, { outputs: 3, complaint });
    };
    for (const [name, shapes] of Object.entries(wrong)) {
      for (const shape of shapes) refusal({ ...right, [name]: shape }, 'shapes do not agree');
    }
    for (const round of [-1, 2]) refusal(right, 'there is no such round', { round });
    for (const [name, value] of [
      ['forced', 5],
      ['states', 2],
      ['states', -1],
    ] as const) {
      refusal(right, 'tokens or states are outside', { [name]: value });
    }
  });
});

// Helpers

interface ChoiceShape {
  readonly seed: number;
  readonly rows: number;
  readonly vocabulary: number;
  readonly scale: number;
  /** Whether several tokens have the same logits. */
  readonly coarse: boolean;
  readonly temperature: number;
  /** Of the grammar; 0 for none. */
  readonly states: number;
  /** That there are tables for, and which it is. */
  readonly rounds: number;
  readonly round: number;
}

const ONE_ROW: ChoiceShape = {
  seed: 1,
  rows: 1,
  vocabulary: 40,
  scale: 1,
  coarse: false,
  temperature: 1,
  states: 0,
  rounds: 1,
  round: 0,
};

const choices: fc.Arbitrary<ChoiceShape> = fc
  .record({
    seed: seeds,
    rows: fc.integer({ min: 1, max: 9 }),
    vocabulary: fc.constantFrom(1, 2, 15, 16, 17, 33, 938),
    scale: fc.constantFrom(1, 10, 1e4, 1e9),
    coarse: fc.boolean(),
    temperature: fc.constantFrom(0, 0.3, 1, 3),
    states: fc.constantFrom(0, 1, 4),
    round: fc.nat({ max: 3 }),
    later: fc.nat({ max: 2 }),
  })
  .map(({ later, ...choice }) => ({ ...choice, rounds: choice.round + 1 + later }));

type Given = ReturnType<typeof inputsOf>;

function inputsOf({ seed, rows, vocabulary, scale, coarse, states }: ChoiceShape) {
  const rng = createRng(seed);
  const integers = (count: number, next: () => number): Int32Array =>
    Int32Array.from({ length: count }, next);
  const fine = randomFloats(seed, { count: rows * vocabulary, scale });
  const transitions = integers(states * vocabulary, () =>
    rng.int(3) === 0 ? rng.int(states) : -1,
  );
  for (let state = 0; state < states; state++) {
    transitions[state * vocabulary + rng.int(vocabulary)] = rng.int(states);
  }
  const draws = [() => 0, () => LARGEST, () => rng.next(), () => rng.next()];
  return {
    logits: coarse ? fine.map((x) => Math.round((2 * x) / scale) * scale) : fine,
    uniforms: Float32Array.from({ length: rows }, () => draws[rng.int(draws.length)]!()),
    forced: integers(rows, () => (rng.int(4) === 0 ? rng.int(vocabulary) : -1)),
    transitions,
    states: integers(rows, () => (states === 0 ? 0 : rng.int(states))),
  };
}

function unforced(choice: ChoiceShape): Given {
  return { ...inputsOf(choice), forced: new Int32Array(choice.rows).fill(-1) };
}

function tensorsOf(choice: ChoiceShape, given: Given) {
  const { rows, vocabulary, temperature, states, rounds, round } = choice;
  // Those of other rounds would show.
  const byRound = <T extends Float32Array | Int32Array>(own: T, other: number): T => {
    const table = new (own.constructor as new (count: number) => T)(rounds * rows).fill(other) as T;
    table.set(own, round * rows);
    return table;
  };
  return {
    uniforms: tf.tensor2d(byRound(given.uniforms, NaN), [rounds, rows]),
    temperature: tf.scalar(temperature),
    forced: tf.tensor2d(byRound(given.forced, vocabulary), [rounds, rows], 'int32'),
    round: tf.scalar(round, 'int32'),
    transitions: tf.tensor2d(given.transitions, [states, vocabulary], 'int32'),
    states: tf.tensor1d(given.states, 'int32'),
  };
}

function choose(choice: ChoiceShape, given: Given) {
  const { rows, vocabulary } = choice;
  const [tokens, logProbs, after] = outputsOf(
    'KitChooseTokens',
    () => {
      const logits = tf.tensor2d(given.logits, [rows, vocabulary]);
      return [logits, ...Object.values(tensorsOf(choice, given))];
    },
    { outputs: 3 },
  ).map(({ values }) => [...values]) as [number[], number[], number[]];
  return { tokens, logProbs, after };
}

function allowedIn({ transitions, states }: Given, row: number, vocabulary: number): number[] {
  return Array.from({ length: vocabulary }, (_, token) => token).filter(
    (token) => transitions.length === 0 || transitions[states[row]! * vocabulary + token]! >= 0,
  );
}

/** Of a token under softmax(logits / temperature) among those allowed. */
function share(
  logits: Float32Array,
  options: {
    readonly allowed: readonly number[];
    readonly temperature: number;
    readonly token: number;
  },
) {
  const { allowed, temperature, token } = options;
  const most = Math.max(...allowed.map((own) => logits[own]!));
  const exponent = (own: number): number => (logits[own]! - most) / temperature;
  const sum = (some: readonly number[]): number =>
    some.reduce((total, own) => total + Math.exp(exponent(own)), 0);
  const total = sum(allowed);
  return {
    /** Of all tokens before it. */
    before: sum(allowed.filter((own) => own < token)) / total,
    chance: Math.exp(exponent(token)) / total,
    logChance: exponent(token) - Math.log(total),
  };
}
