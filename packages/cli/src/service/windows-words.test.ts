import fc from 'fast-check';
import { expect, it } from 'vitest';
import { windowsArgv } from '../../../../test/harness/windows-argv.ts';
import { windowsWords } from './windows-words.js';

it('writes a command line from which Windows reads the same words', () => {
  expect(windowsWords(['C:\\Program Files\\node.exe', '--a=b'])).toBe('"C:\\Program Files\\node.exe" --a=b');
  const word = fc.string({ unit: fc.constantFrom('\\', '"', ' ', '\t', 'a', '%') });
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(windowsArgv(windowsWords(words))).toEqual(words);
    }),
  );
});
