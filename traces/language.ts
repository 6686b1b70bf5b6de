/**
 * Regular languages over symbols, and the automata that read them.
 *
 * A language is given by what may follow each symbol: its derivatives (Brzozowski 1964, Derivatives
 * of Regular Expressions, Journal of the ACM 11). Alternatives are kept sorted and without doubles,
 * which makes the derivatives of a language finitely many; they are the states of its automaton.
 */
export interface Language {
  /** Equal only for equal languages. */
  readonly key: string;
  readonly hasEmptyWord: boolean;
  /** What may follow `symbol`; `NOTHING` if the symbol may not come first. */
  readonly after: (symbol: string) => Language;
}

/** No word at all, not even the empty one. */
export const NOTHING: Language = { key: '∅', hasEmptyWord: false, after: () => NOTHING };

/** The empty word only. */
export const EMPTY: Language = { key: 'ε', hasEmptyWord: true, after: () => NOTHING };

export function word(symbol: string): Language {
  return { key: symbol, hasEmptyWord: false, after: (next) => (next === symbol ? EMPTY : NOTHING) };
}

export function sequence(...parts: readonly Language[]): Language {
  return parts.reduceRight((rest, part) => followedBy(part, rest), EMPTY);
}

export function either(...options: readonly Language[]): Language {
  const byKey = new Map<string, Language>();
  for (const option of options) {
    for (const each of alternatives.get(option) ?? [option]) byKey.set(each.key, each);
  }
  byKey.delete(NOTHING.key);
  const own = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  if (own.length <= 1) return own[0] ?? NOTHING;
  const language: Language = {
    key: `(${own.map(({ key }) => key).join('|')})`,
    hasEmptyWord: own.some(({ hasEmptyWord }) => hasEmptyWord),
    after: (symbol) => either(...own.map((option) => option.after(symbol))),
  };
  alternatives.set(language, own);
  return language;
}

/** Any number of times, also never. */
export function repeated(each: Language): Language {
  if (each === NOTHING || each === EMPTY) return EMPTY;
  const language: Language = {
    key: `{${each.key}}`,
    hasEmptyWord: true,
    after: (symbol) => followedBy(each.after(symbol), language),
  };
  return language;
}

/** What `either` was made of, so that alternatives of alternatives become one list. */
const alternatives = new WeakMap<Language, readonly Language[]>();

function followedBy(first: Language, rest: Language): Language {
  if (first === NOTHING || rest === NOTHING) return NOTHING;
  if (first === EMPTY) return rest;
  if (rest === EMPTY) return first;
  return {
    // Without brackets, since (a b) c and a (b c) are the same.
    key: `${first.key} ${rest.key}`,
    hasEmptyWord: first.hasEmptyWord && rest.hasEmptyWord,
    after(symbol) {
      const continued = followedBy(first.after(symbol), rest);
      return first.hasEmptyWord ? either(continued, rest.after(symbol)) : continued;
    },
  };
}

/** A deterministic automaton over ids below `symbols`, whose states are numbers below `states`. */
export interface Automaton {
  readonly states: number;
  readonly start: number;
  /** [states × ids] The state after `id` in state s at s · ids + id; −1 where `id` may not follow. */
  readonly transitions: Int32Array;
}

/**
 * @param symbols by id
 * @throws RangeError if a word of the language needs a symbol that no id stands for
 */
export function automatonOf(language: Language, symbols: readonly string[]): Automaton {
  const idsOf = new Map<string, number[]>();
  for (const [id, symbol] of symbols.entries()) {
    if (!idsOf.get(symbol)?.push(id)) idsOf.set(symbol, [id]);
  }
  const found = [language];
  const stateOf = new Map([[language.key, 0]]);
  const edges: { readonly from: number; readonly ids: readonly number[]; readonly to: number }[] =
    [];
  for (let from = 0; from < found.length; from++) {
    const before = edges.length;
    for (const [symbol, ids] of idsOf) {
      const next = found[from]!.after(symbol);
      if (next === NOTHING) continue;
      const to = stateOf.get(next.key) ?? found.push(next) - 1;
      stateOf.set(next.key, to);
      edges.push({ from, ids, to });
    }
    if (edges.length === before && !found[from]!.hasEmptyWord) {
      throw new RangeError(`no id stands for what must follow: ${found[from]!.key}`);
    }
  }
  const transitions = new Int32Array(found.length * symbols.length).fill(-1);
  for (const { from, ids, to } of edges) {
    for (const id of ids) transitions[from * symbols.length + id] = to;
  }
  return { states: found.length, start: 0, transitions };
}
