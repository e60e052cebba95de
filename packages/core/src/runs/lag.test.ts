import { expect, it } from 'vitest';
import { clocksDiffer, lagOfPart } from './lag.js';

const NOW = Date.UTC(2026, 2, 2, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A session whose watermarks have come to the earlier one of both clocks. */
function sessionAt(apiMs: number, machineMs: number) {
  const sureMs = Math.min(apiMs, machineMs);
  const eventsUntil = new Date(sureMs).toISOString();
  const api = { now: () => sureMs, clocks: () => ({ apiMs, machineMs }) };
  return { api, progress: { current: { eventsUntil, inboundUntil: eventsUntil } } } as unknown as Parameters<
    typeof lagOfPart
  >[0];
}

it.each([
  ['a machine that is behind', NOW, NOW - HOUR_MS, HOUR_MS],
  ['a machine that is a little behind', NOW, NOW - 4 * MINUTE_MS, 4 * MINUTE_MS],
  ['a machine that is ahead, or an API that is behind', NOW, NOW + HOUR_MS, HOUR_MS],
  ['a machine that is a little ahead', NOW, NOW + 4 * MINUTE_MS, 0],
])('R4 counts as lag what %s holds back', (_what, apiMs, machineMs, lagMs) => {
  expect(lagOfPart(sessionAt(apiMs, machineMs), 'events')).toBe(lagMs);
});

it('R4 names both clocks and the remedy', () => {
  const session = sessionAt(NOW, NOW - HOUR_MS);
  expect(clocksDiffer(session, HOUR_MS)).toBeNull();
  const trouble = clocksDiffer(session, HOUR_MS - 1);
  expect(trouble?.code).toBe('CLOCKS_DIFFER');
  for (const part of ['2026-03-02T12:00:00', '2026-03-02T11:00:00', 'timedatectl'])
    expect(trouble?.message).toContain(part);
});
