import { describe, expect, it } from 'vitest';
import { createAnsweringTransport, type GivenAnswer } from '../../../../test/harness/answering-transport.ts';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { createSleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import type { Clock } from '../concurrency/clock.js';
import type { RunEvent } from '../observe/run-events.js';
import { createApiClient } from './api-client.js';

const { signal } = new AbortController();
const GOOD: GivenAnswer = { json: [] };

function start(clock: Clock, answer: (nr: number) => GivenAnswer) {
  const events: RunEvent[] = [];
  const transport = createAnsweringTransport((_request, nr) => answer(nr));
  const campaign = { apiUrl: 'http://api', campaign: 'C', token: 't', requestConcurrency: 4, contactsPerRequest: null };
  const client = createApiClient({ ...campaign, transport, clock, observe: (event) => events.push(event) });
  const messages = () => events.flatMap((event) => (event.type === 'waiting' ? [event.message] : []));
  return { client, messages, requests: transport.requests };
}

const busy = (status: number, retryAfter: string, date?: string): GivenAnswer => ({
  json: {},
  status,
  retryAfter,
  ...(date !== undefined && { date }),
});

describe('a Retry-After of the API', () => {
  it.each([
    ['120', 120_000],
    [new Date(Date.UTC(2026, 5, 1, 0, 2)).toUTCString(), 120_000],
    ['86400', 600_000],
    ['86400000', 600_000],
    [new Date(Date.UTC(2027, 5, 1)).toUTCString(), 600_000],
  ])('counts as it says, for ten minutes at most: %s', async (retryAfter, waitMs) => {
    const clock = createSleepingClock();
    const date = new Date(Date.UTC(2026, 5, 1)).toUTCString();
    const { client } = start(clock, (nr) => (nr === 1 ? busy(429, retryAfter, date) : GOOD));
    await client.listFields({ signal });
    expect(clock.monotonic()).toBe(waitMs);
  });

  it('is reported with its end, each time that the end is a later one', async () => {
    const clock = createSleepingClock();
    const startMs = clock.now();
    const { client, messages } = start(clock, (nr) => (nr < 6 ? busy(503, '86400') : GOOD));
    await client.listFields({ signal });
    expect(messages()).toHaveLength(3);
    for (const [nr, message] of messages().entries()) {
      expect(message).toContain(`dbsync waits until ${new Date(startMs + (nr + 1) * 600_000).toISOString()}.`);
    }
  });

  it.each([429, 503])('of a %d holds back all requests', async (status) => {
    const clock = createDrivenClock();
    const { client, requests } = start(clock, (nr) => (nr === 1 ? busy(status, '120') : GOOD));
    const first = client.listFields({ signal });
    await clock.pass(0);
    const second = client.listFields({ signal });
    await clock.pass(119_000);
    expect(requests).toHaveLength(1);
    await clock.pass(1_000);
    expect(await Promise.all([first, second])).toEqual([[], []]);
  });

  it('of another status holds back its own request alone', async () => {
    const clock = createDrivenClock();
    const { client, requests } = start(clock, (nr) => (nr === 1 ? busy(500, '120') : GOOD));
    const first = client.listFields({ signal });
    await clock.pass(0);
    expect(await client.listFields({ signal })).toEqual([]);
    expect(requests).toHaveLength(2);
    await clock.pass(120_000);
    expect(await first).toEqual([]);
  });
});
