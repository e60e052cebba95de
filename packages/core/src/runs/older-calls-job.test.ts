import { expect, it } from 'vitest';
import { olderCallsJob } from './older-calls-job.js';
import type { Session } from './session.js';

const HOUR_MS = 3_600_000;

/** Notes where each reading begins. While `isBroken`, none can be read to its end. */
function createReading() {
  const api = { isBroken: false };
  let nowMs = Date.UTC(2026, 2, 10);
  const asked: string[] = [];
  const session = {
    settings: { delivery: null },
    api: {
      now: () => nowMs,
      async *inboundPages({ from, onPartial }: { from: string; onPartial: () => void }) {
        asked.push(from);
        if (api.isBroken) onPartial();
        yield [];
      },
    },
    progress: { current: { since: '2026-01-01T00:00:00.000Z', inboundUntil: '2026-03-10T00:00:00.000Z' } },
    inboundOrder: { begin: () => ({ write: async () => {}, end: () => {} }) },
    reading: {},
    store: { limits: { batchContacts: 100 } },
    writer: {},
  };
  const job = olderCallsJob(session as unknown as Session);
  const nextHour = async () => {
    nowMs += HOUR_MS;
    expect(job.isDue(null, 0)).toBe(true);
    await job.run();
    expect(job.isDue(null, 0)).toBe(false);
    return asked.splice(0);
  };
  return { api, nextHour };
}

it('R16b reads one stretch of older calls an hour', async () => {
  const { nextHour } = createReading();
  const [first, second] = [await nextHour(), await nextHour()];
  expect([first.length, second.length]).toEqual([1, 1]);
  expect(first).not.toEqual(second);
});

it('R2 reads a stretch again that could not be read to its end', async () => {
  const { api, nextHour } = createReading();
  api.isBroken = true;
  const [lost] = await nextHour();
  api.isBroken = false;
  expect(await nextHour()).toContain(lost);
  expect(await nextHour()).not.toContain(lost);
});
