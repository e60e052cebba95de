import { expect, it } from 'vitest';
import { createEndedCalls } from './ended-calls.js';

const RINGING = { id: 'i1', call_time: '2026-03-02T09:00:00.000Z', connect_time: null, hangup_time: '' };
const CONNECTED = { ...RINGING, connect_time: '2026-03-02T09:00:05.000Z' };
const ENDED = { ...CONNECTED, hangup_time: '2026-03-02T09:01:00.000Z' };

it('R5 takes a call without a time that was committed before for an older state of it', () => {
  const calls = createEndedCalls(() => 0);
  calls.committed('i1', CONNECTED);
  expect([RINGING, CONNECTED, ENDED].map((call) => calls.isOlder('i1', call))).toEqual([true, false, false]);
  calls.committed('i1', ENDED);
  expect([RINGING, CONNECTED, ENDED].map((call) => calls.isOlder('i1', call))).toEqual([true, true, false]);
  expect(calls.isOlder('i2', RINGING)).toBe(false);
});

it('R5 believes a call that stays without the time for five minutes', () => {
  let now = 0;
  const calls = createEndedCalls(() => now);
  calls.committed('i1', ENDED);
  expect(calls.isOlder('i1', RINGING)).toBe(true);
  now = 5 * 60_000;
  expect(calls.isOlder('i1', RINGING)).toBe(false);
  calls.committed('i1', RINGING);
  expect(calls.isOlder('i1', RINGING)).toBe(false);
});

it('forgets calls when there are too many', () => {
  const calls = createEndedCalls(() => 0);
  for (let nr = 0; nr < 50_000; nr++) calls.committed(`i${nr}`, ENDED);
  expect(['i0', 'i49999'].map((id) => calls.isOlder(id, RINGING))).toEqual([false, true]);
});
