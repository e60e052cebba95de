import { describe, expect, it } from 'vitest';
import { createRandom, mix } from './random.js';

describe('createRandom', () => {
  it('gives the same for the same seed, and something else for another', () => {
    const draw = (seed: number) => {
      const random = createRandom(seed);
      return [random.next(), random.int(1000), random.chance(0.5), random.pick(['a', 'b', 'c']), random.hex(32)];
    };
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('is even', () => {
    const random = createRandom(5);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw++) {
      const value = random.int(10);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(600);
  });

  it('has nothing to pick from nothing', () => expect(() => createRandom(1).pick([])).toThrow(RangeError));
});

describe('mix', () => {
  it('tells neighbours apart', () => {
    const seen = new Set<number>();
    for (let a = 0; a < 100; a++) for (let b = 0; b < 100; b++) seen.add(mix(a, b));
    expect(seen.size).toBeGreaterThan(9990);
  });
});
