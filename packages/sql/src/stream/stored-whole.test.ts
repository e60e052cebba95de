import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storedCount, storedCounter, storedWhole } from './stored-whole.js';

const cell = fc.oneof(
  fc.anything(),
  fc.string(),
  fc.bigInt(),
  fc.double(),
  fc.uint8Array(),
  fc.constantFrom('1e3', '0x10', ' 1', '1\n', '', '-', '9'.repeat(400), Number.NaN, -0),
);

it('R36 a cell is the whole number that it holds, or none, and never an error', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (whole) => storedWhole(String(whole)) === whole),
  );
  fc.assert(fc.property(cell, (value) => ['bigint', 'object'].includes(typeof storedWhole(value))));
});

it('R36 a count is a number that can be added to', () => {
  fc.assert(
    fc.property(cell, (value) => {
      expect(Number.isSafeInteger(storedCount(value))).toBe(true);
      expect(storedCount(value)).toBeGreaterThanOrEqual(0);
    }),
  );
});

it('R36 a counter is a number that an act can add to', () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 62n }), (whole) => storedCounter(String(whole)) === whole));
  for (const odd of [-1n, 2n ** 63n - 1n, 9.3e18, 1.5, null]) expect(storedCounter(odd)).toBeNull();
});
