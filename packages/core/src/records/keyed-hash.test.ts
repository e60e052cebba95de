import { expect, it } from 'vitest';
import { keyedHash } from './keyed-hash.js';

/** Two units that differ in their highest bit cancel out in the lower half of FNV-1a, whatever its seed. */
const COLLIDING = Array.from({ length: 1 << 14 }, (_, nr) =>
  Array.from({ length: 14 }, (_unit, bit) => ((nr >> bit) & 1 ? '\u8041\u8041' : 'AA')).join(''),
);

it('spreads texts that collide under each seed of FNV-1a', () => {
  const slots = new Map<number, number>();
  for (const text of COLLIDING) {
    const slot = keyedHash(text) & 0xffff;
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }
  expect(Math.max(...slots.values())).toBeLessThan(16);
});

it('depends on each unit, its place and the length', () => {
  const texts = ['', '\0', '\0\0', 'a', 'b', 'ab', 'ba', 'aab', 'aba', '\ud800', 'a\0'];
  expect(new Set(texts.map(keyedHash)).size).toBe(texts.length);
  expect(texts.map(keyedHash)).toEqual(texts.map(keyedHash));
  for (const text of texts) expect(keyedHash(text)).toBe(keyedHash(text) >>> 0);
});
