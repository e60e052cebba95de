import { expect, it } from 'vitest';
import type { StreamFacts } from '../contract/index.js';
import { heartbeatText } from './heartbeat.js';
import { readStatus } from './read-status.js';

const NOW_MS = Date.parse('2026-11-01T12:00:00Z');
const ENDED = heartbeatText({
  mode: 'db_init',
  intervalMs: 3_600_000,
  heldMs: 1,
  lagMs: null,
  cycle: null,
  copied: null,
  filling: null,
  trouble: null,
});

function facts(holderOfHeartbeat: string, minutesBehind: number): StreamFacts {
  const until = new Date(NOW_MS - minutesBehind * 60_000).toISOString();
  return {
    nowMs: NOW_MS,
    heldBy: { holder: 'now', expiresInMs: 1_000 },
    progress: { eventsUntil: until, inboundUntil: until },
    heartbeat: { text: ENDED, holder: holderOfHeartbeat, ageMs: 5_000 },
    keepsHeartbeats: true,
    deadLetters: {},
    requests: 0,
  } as unknown as StreamFacts;
}

const statusOf = (given: StreamFacts) =>
  readStatus({ describeStream: async () => given }, 'C1', { signal: new AbortController().signal });

it('takes neither the mode nor the interval of a run that has ended for those of the holder', async () => {
  expect(await statusOf(facts('before', 1))).toMatchObject({ state: 'current', isOfHolder: false, allowedMs: 180_000 });
  expect(await statusOf(facts('before', 10))).toMatchObject({ state: 'late' });
  expect(await statusOf(facts('now', 1))).toMatchObject({ state: 'late', isOfHolder: true, allowedMs: 10_800_000 });
});
