import { expect, it } from 'vitest';
import { explainPage, verifyPage } from './verify-pages.js';

it.each([verifyPage, explainPage])('the help of a command that compares names its own exit codes', ({ usage }) => {
  for (const code of [0, 5, 8]) expect(usage.split('Exit codes: ')[1]).toMatch(new RegExp(`(^| )${code} [a-z]`));
});
