import { expect, it } from 'vitest';
import { createCallTwins } from './call-twins.js';

const call = (time: string | null) => ({ call_time: time });

it('tells once of an id under which calls of different times come', () => {
  const twins = createCallTwins();
  expect(twins.twinOf('A', call('2026-01-01T00:00:00Z'))).toBeNull();
  expect(twins.twinOf('A', call('2026-01-01T00:00:00Z'))).toBeNull();
  expect(twins.twinOf('A', call('2026-01-01T00:05:00Z'))).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:05:00Z']);
  expect(twins.twinOf('A', call('2026-01-01T00:00:00Z'))).toBeNull();
  expect(twins.twinOf('B', call('2026-01-01T00:05:00Z'))).toBeNull();
});

it('says nothing of calls without a time', () => {
  const twins = createCallTwins();
  expect(twins.twinOf('A', call(null))).toBeNull();
  expect(twins.twinOf('A', call('2026-01-01T00:00:00Z'))).toBeNull();
});
