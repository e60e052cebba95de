import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.js';

const KNOWN = ['campaign', 'token', 'token-file', 'table-prefix', 'ct', 's'];

it.each([
  ['campain', 'campaign'],
  ['campagin', 'campaign'],
  ['tokenn', 'token'],
  ['token_file', 'token-file'],
  ['ctt', 'ct'],
  ['x', null],
  ['metrics-port', null],
])('%s was probably %s', (name, nearest) => {
  expect(nearestName(name, KNOWN)).toBe(nearest);
});

it('finds any name from which one letter is missing or swapped with its neighbour', () => {
  const long = KNOWN.filter((name) => name.length >= 5);
  fc.assert(
    fc.property(fc.constantFrom(...long), fc.nat(), (name, index) => {
      const at = index % (name.length - 1);
      expect(nearestName(name.slice(0, at) + name.slice(at + 1), long)).toBe(name);
      const swapped = name.slice(0, at) + name.charAt(at + 1) + name.charAt(at) + name.slice(at + 2);
      expect(nearestName(swapped, long)).toBe(name);
    }),
  );
});
