import { expect, it } from 'vitest';
import { createDuplicateCallIds } from './duplicate-call-ids.js';

const call = (time: string | null) => ({ call_time: time });

it('tells once of an id under which calls of different times come', () => {
  const ids = createDuplicateCallIds();
  expect(ids.duplicateOf('A', call('2026-01-01T00:00:00Z'))).toBeNull();
  expect(ids.duplicateOf('A', call('2026-01-01T00:00:00Z'))).toBeNull();
  expect(ids.duplicateOf('A', call('2026-01-01T00:05:00Z'))).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:05:00Z']);
  expect(ids.duplicateOf('A', call('2026-01-01T00:00:00Z'))).toBeNull();
  expect(ids.duplicateOf('B', call('2026-01-01T00:05:00Z'))).toBeNull();
});

it('says nothing of calls without a time', () => {
  const ids = createDuplicateCallIds();
  expect(ids.duplicateOf('A', call(null))).toBeNull();
  expect(ids.duplicateOf('A', call('2026-01-01T00:00:00Z'))).toBeNull();
});
