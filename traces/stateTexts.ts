import type { StateWriter } from './tokenizer.ts';

/** What clauses say of states, as in `Clause.state`. */
export function stateTexts(writer: StateWriter): (state: number) => string {
  const tokens = new Uint16Array(writer.maxTokens);
  return (state) => {
    const length = writer.write(state, tokens, 0);
    let text = '';
    for (let at = 0; at < length; at++) text += String.fromCharCode(tokens[at]!);
    return text;
  };
}
