/**
 * Which responses are well-formed, as an automaton over token ids that decoding can be held to.
 *
 * A response is reasoning, then `plan x y` one or more times, then eos. Reasoning is empty or what
 * dropping leaves of a complete trace: all clauses with their costs, creates with their costs, or
 * creates without. A trace with closes is complete, as to `validate.ts`, so it creates and closes the
 * start first; and it closes the goal last. The grammar knows no board: whether cells, costs and steps
 * are right stays for the model to learn and for the validator to judge.
 *
 * Nothing that `validate.ts` calls legal or consistent and `parse.ts` gives a plan is left out.
 */
import { tokenizerOf } from './index.ts';
import {
  type Automaton,
  automatonOf,
  either,
  EMPTY,
  type Language,
  repeated,
  sequence,
  word,
} from './language.ts';
import { COSTS, POSITION } from './responseTokens.ts';
import type { Vocabulary } from './vocabulary.ts';

/** `complete`: reasoning is complete or empty; `well-formed`: dropping may have left parts of it. */
export type ResponseForm = 'well-formed' | 'complete';

/**
 * Reads responses from after bos on. In every state some token may follow, and the end can be
 * reached; what follows eos is eos, for rows that are computed on.
 *
 * @throws RangeError if the vocabulary lacks coordinates or costs
 */
export function responseGrammar(vocabulary: Vocabulary, form: ResponseForm): Automaton {
  const { stateForm } = tokenizerOf(vocabulary.environment);
  const create = sequence(word('create'), stateForm, COSTS);
  const close = sequence(word('close'), stateForm, COSTS);
  const complete = sequence(create, close, repeated(sequence(repeated(create), close)));
  const dropped = [some(create), some(sequence(word('create'), stateForm))];
  const reasoning = either(EMPTY, complete, ...(form === 'complete' ? [] : dropped));
  const plan = some(sequence(word('plan'), POSITION));
  const response = sequence(reasoning, plan, some(word('eos')));
  return automatonOf(response, symbolsOf(vocabulary));
}

function some(each: Language): Language {
  return sequence(each, repeated(each));
}

/** By token id: numbers are alike to the grammar, and words stand for themselves. */
function symbolsOf(vocabulary: Vocabulary): string[] {
  return Array.from({ length: vocabulary.size }, (_, id) => {
    const kind = vocabulary.kind(id);
    return kind === 'coordinate' || kind === 'cost' ? kind : vocabulary.token(id);
  });
}
