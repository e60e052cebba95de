import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readText, type StoredText, storeId, storeText } from './stored-text.js';

const ANY_TEXT = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
);
const HASH = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: 32, maxLength: 32 });

it('keeps any text, code unit by code unit, through the file', () => {
  using db = new DatabaseSync(':memory:');
  const echo = db.prepare('SELECT ? AS stored');
  fc.assert(
    fc.property(fc.oneof(ANY_TEXT, HASH), (text) => {
      for (const store of [storeText, storeId]) {
        expect(readText(echo.get(store(text))?.stored as StoredText)).toBe(text);
      }
    }),
  );
});

it('tells any two texts apart', () => {
  const bytesOf = (stored: StoredText) =>
    typeof stored === 'string' ? stored : Buffer.from(stored).toString('base64url');
  const keyOf = (text: string) => `${typeof storeId(text)} ${bytesOf(storeId(text))}`;
  fc.assert(
    fc.property(fc.oneof(ANY_TEXT, HASH), fc.oneof(ANY_TEXT, HASH), (a, b) => (a === b) === (keyOf(a) === keyOf(b))),
  );
  expect(keyOf('A'.repeat(32))).not.toBe(keyOf('a'.repeat(32)));
});

it('holds a hash in its bytes', () => {
  expect(storeId('d41d8cd98f00b204e9800998ecf8427e')).toHaveLength(16);
});
