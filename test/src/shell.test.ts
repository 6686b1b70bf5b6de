import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellLine, shellQuote } from '../../src/shell.ts';

const word = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom('a b', "it's", '"', '$HOME', '`ls`', '*', '-x', '!', '\\', 'a\nb', '#', '~', ''),
);

describe.skipIf(process.platform === 'win32')('a command line', () => {
  it('gives a shell back the words that it was made of', () => {
    // What no argument of a process can hold.
    const words = fc.array(
      word.filter((text) => !text.includes('\0')),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(words, (list) => {
        const line = `for word in ${shellLine(list)}; do printf '%s\\0' "$word"; done`;
        const told = execFileSync('sh', ['-c', line], { encoding: 'utf8' });
        expect(told.split('\0').slice(0, -1)).toEqual(list);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves plain words as they are', () => {
    expect(shellQuote('runs/demo-s1.json')).toBe('runs/demo-s1.json');
    expect(shellQuote('my run')).toBe("'my run'");
  });
});
