/**
 * Tokens and their ids.
 *
 * The order is: special tokens and operations (the same five ids in every environment), the
 * environment's keywords, coordinates 0, 1, …, costs c0, c1, …. Costs come last, so that a bound
 * found only after generation changes no id of a token already written. (The released code sorts
 * all tokens as strings after bos and eos.)
 */
import { InputError } from '../envs/inputError.ts';
import { type BoardSize, lexiconOf } from './lexicons.ts';

export const BOS = 0;
export const EOS = 1;
export const CREATE = 2;
export const CLOSE = 3;
export const PLAN = 4;

const COMMON = ['bos', 'eos', 'create', 'close', 'plan'];

/** Ids are kept in 16 bits. */
export const MAX_TOKENS = 65_536;

/** `unknown` is an id outside the vocabulary. */
export type TokenKind = 'special' | 'operation' | 'keyword' | 'coordinate' | 'cost' | 'unknown';

/** A vocabulary as plain JSON, as manifests and checkpoints keep it. */
export interface VocabularySettings {
  readonly environment: string;
  /** Tokens 0 … coordinates − 1, shared by x and y. */
  readonly coordinates: number;
  /** Tokens c0 … c(costs − 1). */
  readonly costs: number;
}

export interface Vocabulary extends VocabularySettings {
  readonly size: number;
  /** All tokens by id. */
  readonly tokens: readonly string[];
  /** @throws InputError naming the unknown token. */
  readonly id: (token: string) => number;
  /** @throws RangeError outside the vocabulary. */
  readonly token: (id: number) => string;
  readonly kind: (id: number) => TokenKind;
  /** Ids of coordinate and cost tokens by value. @throws RangeError beyond the vocabulary. */
  readonly coordinate: (value: number) => number;
  readonly cost: (value: number) => number;
  /** The number that a coordinate or cost token stands for, −1 for other tokens. */
  readonly value: (id: number) => number;
}

/** @throws InputError naming the field that can't be. */
export function createVocabulary(settings: VocabularySettings): Vocabulary {
  const { environment, coordinates, costs } = settings;
  const words = [...COMMON, ...lexiconOf(environment).keywords];
  const firstCoordinate = words.length;
  const firstCost = firstCoordinate + coordinates;
  const size = firstCost + costs;
  checkCount('coordinates', coordinates);
  checkCount('costs', costs);
  if (size > MAX_TOKENS) {
    throw new InputError(`vocabulary: ${size} tokens; at most ${MAX_TOKENS} have an id`);
  }

  const token = (id: number): string => {
    if (!isId(id, size)) throw new RangeError(`token id ${id} is not one of ${size}`);
    if (id >= firstCost) return `c${id - firstCost}`;
    return id >= firstCoordinate ? String(id - firstCoordinate) : words[id]!;
  };
  let tokens: readonly string[] | undefined;
  return {
    environment,
    coordinates,
    costs,
    size,
    get tokens() {
      return (tokens ??= Array.from({ length: size }, (_, id) => token(id)));
    },
    id(text) {
      const word = words.indexOf(text);
      if (word >= 0) return word;
      const [, c, digits] = /^(c?)(0|[1-9]\d{0,5})$/.exec(text) ?? [];
      const value = Number(digits ?? NaN);
      if (c === '' && value < coordinates) return firstCoordinate + value;
      if (c === 'c' && value < costs) return firstCost + value;
      throw new InputError(`token "${text}" is not in the vocabulary`);
    },
    token,
    kind(id) {
      if (!isId(id, size)) return 'unknown';
      if (id >= firstCost) return 'cost';
      if (id >= firstCoordinate) return 'coordinate';
      if (id >= COMMON.length) return 'keyword';
      return id >= CREATE ? 'operation' : 'special';
    },
    coordinate(value) {
      if (isId(value, coordinates)) return firstCoordinate + value;
      throw new RangeError(`coordinate ${value} is not below ${coordinates}`);
    },
    cost(value) {
      if (isId(value, costs)) return firstCost + value;
      throw new RangeError(`cost ${value} is not below ${costs}`);
    },
    value(id) {
      if (!isId(id, size) || id < firstCoordinate) return -1;
      return id - (id < firstCost ? firstCoordinate : firstCost);
    },
  };
}

/** The board that decides on the vocabulary of a task's data; sides up to `vocabularySide` have words. */
export function vocabularyBoard(data: {
  readonly task: BoardSize;
  readonly vocabularySide?: number | undefined;
}): BoardSize {
  const { task, vocabularySide: side = 0 } = data;
  return { width: Math.max(task.width, side), height: Math.max(task.height, side) };
}

/**
 * Tokens for whatever a search on such a board can cost: for writing traces whose highest cost
 * is not known yet.
 */
export function widestVocabulary(environment: string, size: BoardSize): VocabularySettings {
  const { keywords, costs } = lexiconOf(environment);
  const coordinates = Math.max(size.width, size.height);
  const room = MAX_TOKENS - COMMON.length - keywords.length - coordinates;
  return { environment, coordinates, costs: Math.min(costs(size) ?? room, room) };
}

/**
 * The vocabulary of a data set: the board decides on the costs where it can, else the highest
 * token id of all its traces. Its ids are those of `widestVocabulary`.
 */
export function boundedVocabulary(
  environment: string,
  size: BoardSize,
  highestId: number,
): VocabularySettings {
  const widest = widestVocabulary(environment, size);
  const { keywords, costs } = lexiconOf(environment);
  if (costs(size) !== null) return widest;
  const firstCost = COMMON.length + keywords.length + widest.coordinates;
  return { ...widest, costs: Math.max(0, highestId + 1 - firstCost) };
}

/** @throws InputError if the board is larger than the coordinates reach. */
export function checkFits({ width, height }: BoardSize, { coordinates }: Vocabulary): void {
  if (Math.max(width, height) <= coordinates) return;
  const last = coordinates - 1;
  throw new InputError(
    `a board of ${width}×${height}: the vocabulary's coordinates end at ${last}`,
  );
}

const isId = (id: number, size: number): boolean => id >= 0 && id < size && Number.isInteger(id);

function checkCount(field: string, value: number): void {
  if (Number.isInteger(value) && value >= 0) return;
  throw new InputError(`vocabulary: ${field}: ${value} is not a whole number from 0 on`);
}
