import { expect, it } from 'vitest';
import { createUnqueuedSince } from './unqueued-since.js';

it('counts from the first body that lacked the same, and begins again where something else is not queued', () => {
  const since = createUnqueuedSince();
  expect(since(['T1'], 1_000)).toBe(1_000);
  expect(since(['T1'], 2_000)).toBe(1_000);
  expect(since(['T1', 'T2'], 3_000)).toBe(3_000);
  expect(since(['T2'], 4_000)).toBe(4_000);
  expect(since(['T2'], 5_000)).toBe(4_000);
});
