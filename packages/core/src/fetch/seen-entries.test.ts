import { expect, it } from 'vitest';
import { createSeenEntries } from './seen-entries.js';

it('an entry is new once', () => {
  const seen = createSeenEntries();
  const entries = Array.from({ length: 50_000 }, (_, nr) => `entry ${nr}`);
  const isNew = entries.map(seen.add);
  expect(isNew.filter((yes) => !yes).length).toBeLessThan(10);
  expect(entries.map(seen.add)).not.toContain(true);
  expect(seen.add('')).toBe(true);
});

it('all are forgotten above the limit', () => {
  const seen = createSeenEntries(10_000);
  for (let nr = 0; nr < 100_000; nr++) seen.add(`entry ${nr}`);
  expect(seen.add('entry 0')).toBe(true);
});
