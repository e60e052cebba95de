import { beforeEach, describe, expect, it } from 'vitest';
import {
  type AskedRequest,
  createAnsweringTransport,
  type GivenAnswer,
} from '../../../../test/harness/answering-transport.ts';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { createSleepingClock, type SleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import type { RunEvent } from '../observe/run-events.js';
import { type ApiClient, createApiClient } from './api-client.js';

const MINUTE_MS = 60_000;
/** Long enough for any verdict. */
const LONG_MS = 40 * MINUTE_MS;
const { signal } = new AbortController();
const FIELDS: GivenAnswer = { json: [] };
const PAGE: GivenAnswer = { json: { results: [{ id: 'A', md5: 'm' }] } };
const CAMPAIGN = { apiUrl: 'http://api', campaign: 'C', token: 't', requestConcurrency: 4, contactsPerRequest: null };

describe('a 401, 403 or 404 after a good answer', () => {
  let transport: ReturnType<typeof createAnsweringTransport>;
  let client: ApiClient;
  let clock: SleepingClock;
  let events: RunEvent[];
  let answer: (request: AskedRequest) => GivenAnswer;

  beforeEach(async () => {
    clock = createSleepingClock();
    events = [];
    answer = good;
    transport = createAnsweringTransport((request) => answer(request));
    client = createApiClient({ ...CAMPAIGN, transport, clock, observe: (event) => events.push(event) });
    await client.listFields({ signal });
  });
  const waits = () => events.flatMap((event) => (event.type === 'waiting' ? [event] : []));
  const listContacts = async () => {
    const reading = { signal, onUnreadable: () => Promise.reject(new Error('unreadable')) };
    for await (const page of client.contactPages({ changedSince: null, ...reading })) return page;
    return null;
  };
  const fetchBodies = async (ids: readonly string[]) => {
    const contacts = [];
    for await (const contact of client.contactBodies(ids, { signal })) contacts.push(contact);
    return contacts;
  };

  it.each([401, 403, 404])('is asked again where it is a stray %d', async (status) => {
    let isStray = true;
    answer = (request) => {
      const reply = isStray ? denied(status) : good(request);
      isStray = false;
      return reply;
    };
    expect(await listContacts()).toHaveLength(1);
    expect(waits()).toMatchObject([{ level: 'info', attempt: 1 }]);
    expect(events.at(-1)).toMatchObject({ type: 'recovered' });
  });

  it.each([
    [401, 'API_TOKEN_REFUSED'],
    [403, 'API_TOKEN_REFUSED'],
    [404, 'API_CAMPAIGN_UNKNOWN'],
  ])('ends the run within ten minutes where every endpoint answers %d', async (status, code) => {
    answer = () => denied(status);
    const startMs = clock.monotonic();
    await expect(listContacts()).rejects.toMatchObject({ code, isFatal: true });
    const tookMs = clock.monotonic() - startMs;
    expect(tookMs).toBeGreaterThan(5 * MINUTE_MS);
    expect(tookMs).toBeLessThan(10 * MINUTE_MS);
    expect(new Set(transport.requests.map(({ path }) => path))).toEqual(new Set(['fields/list', 'contacts/list']));
  });

  it('ends requests for bodies too where every endpoint denies access', async () => {
    answer = () => denied(403);
    await expect(fetchBodies(['A', 'B'])).rejects.toMatchObject({ code: 'API_TOKEN_REFUSED' });
    expect(clock.monotonic()).toBeLessThan(10 * MINUTE_MS);
  });

  it('asks the list of contacts where the list of fields is denied', async () => {
    answer = (request) => (clock.monotonic() < LONG_MS && request.path === 'fields/list' ? denied(404) : good(request));
    expect(await client.listFields({ signal })).toEqual([]);
    expect(transport.requests).toContainEqual(expect.objectContaining({ path: 'contacts/list' }));
  });

  it('is repeated without end, and reported louder, where another endpoint answers well', async () => {
    answer = (request) =>
      clock.monotonic() < LONG_MS && request.path === 'contacts/list' ? denied(403) : good(request);
    expect(await listContacts()).toHaveLength(1);
    const levels = waits().map(({ level }) => level);
    expect(levels.slice(0, 3)).toEqual(['info', 'warn', 'error']);
    expect(levels).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ type: 'recovered' });
  });

  it('is no end where the other endpoint denies access by a stray answer too', async () => {
    let isStray = false;
    answer = (request) => {
      if (clock.monotonic() > LONG_MS) return good(request);
      if (request.path === 'contacts/list') return denied(403);
      isStray = !isStray;
      return isStray ? denied(403) : good(request);
    };
    expect(await listContacts()).toHaveLength(1);
  });

  it('is no end where another endpoint fails otherwise, as in an outage', async () => {
    answer = (request) => {
      if (clock.monotonic() > LONG_MS) return good(request);
      return request.path === 'contacts/list' ? denied(404) : denied(503);
    };
    expect(await listContacts()).toHaveLength(1);
  });

  it('is no end where the API was down between two such answers, and denies access for a while as it comes back', async () => {
    const downUntilMs = clock.monotonic() + 6 * MINUTE_MS;
    let isFirst = true;
    answer = (request) => {
      if (clock.monotonic() > downUntilMs + 2 * MINUTE_MS) return good(request);
      const status = isFirst || clock.monotonic() > downUntilMs ? 404 : 503;
      isFirst = false;
      return denied(status);
    };
    expect(await listContacts()).toHaveLength(1);
  });

  it('is no end for one request where another, which asked for both, is aborted', async () => {
    const drivenClock = createDrivenClock();
    client = createApiClient({ ...CAMPAIGN, transport, clock: drivenClock, observe: () => {} });
    await client.listFields({ signal });
    const waits = ['310', '313'];
    answer = ({ path }) => ({ ...denied(403), retryAfter: (path === 'fields/list' && waits.shift()) || '0' });
    const aborting = new AbortController();
    const first = client.listFields({ signal: aborting.signal });
    const second = client.listFields({ signal });
    await drivenClock.pass(314_000);
    aborting.abort(new Error('given up by the caller'));
    await expect(first).rejects.toThrow('given up by the caller');
    answer = good;
    await drivenClock.pass(2 * MINUTE_MS);
    expect(await second).toEqual([]);
  });

  it('R6 of one contact makes that contact a dead letter, while others come', async () => {
    answer = (request) => (request.body?.includes('B') ? denied(404) : good(request));
    const contacts = await fetchBodies(['A', 'B', 'C']);
    expect(contacts.map(({ id, kind }) => `${id} ${kind}`).sort()).toEqual(['A body', 'B failed', 'C body']);
  });
});

describe('a 401, 403 or 404 before the first good answer of a process', () => {
  const setUp = (answer: (nr: number) => GivenAnswer) => {
    const clock = createSleepingClock();
    const events: RunEvent[] = [];
    const transport = createAnsweringTransport((_, nr) => answer(nr));
    const client = createApiClient({ ...CAMPAIGN, transport, clock, observe: (event) => events.push(event) });
    const notices = () => events.flatMap((event) => (event.type === 'notice' ? [event] : []));
    return { clock, client, transport, notices };
  };

  it.each([401, 403, 404])('ends a run at once by a %d where no earlier process had access', async (status) => {
    const { client, transport, clock } = setUp(() => denied(status));
    await expect(client.listFields({ signal })).rejects.toMatchObject({ isFatal: true });
    expect([transport.requests.length, clock.monotonic()]).toEqual([1, 0]);
  });

  it.each([401, 403, 404])(
    'is asked again where a stray %d meets a process with progress of an earlier one',
    async (status) => {
      const { client } = setUp((nr) => (nr === 1 ? denied(status) : FIELDS));
      client.hadAccessBefore();
      expect(await client.listFields({ signal })).toEqual([]);
    },
  );

  it('is reported at once with the time after which the process ends, and ends it then', async () => {
    const { client, clock, notices } = setUp(() => denied(403));
    client.hadAccessBefore();
    await expect(client.listFields({ signal })).rejects.toMatchObject({ code: 'API_TOKEN_REFUSED', isFatal: true });
    expect(clock.monotonic()).toBeLessThan(10 * MINUTE_MS);
    expect(notices()).toMatchObject([{ level: 'warn', code: 'API_TOKEN_REFUSED' }]);
    expect(notices()[0]?.message).toContain('about 6 minutes');
  });
});

function good({ path, body = [] }: AskedRequest): GivenAnswer {
  if (path === 'fields/list') return FIELDS;
  return path === 'contacts/' ? { json: body.map((id) => ({ $id: id })) } : PAGE;
}

function denied(status: number): GivenAnswer {
  return { json: {}, status };
}
