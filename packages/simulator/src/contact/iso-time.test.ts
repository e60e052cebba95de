import { describe, expect, it } from 'vitest';
import { isoTime } from './iso-time.js';
import { createRandom } from './random.js';

describe('isoTime', () => {
  it('writes what Date writes', () => {
    const random = createRandom(1);
    const instants = Array.from({ length: 5000 }, () => random.int(4_000_000_000) * 1000 + random.int(1000));
    for (const ms of [0, 86_399_999, 86_400_000, 951_782_400_000, ...instants]) {
      expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    }
  });
});
