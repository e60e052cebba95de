import { describe, expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { createApiClient, type FetchedContact } from '../../src/fetch/api-client.ts';
import type { ApiRequest, HttpAnswer, HttpTransport } from '../../src/fetch/http-transport.ts';
import type { RunEvent } from '../../src/observe/run-events.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const { signal } = new AbortController();

interface Limit {
  readonly status: number;
  readonly retryAfter?: string;
}

const BUSY: Limit = { status: 429, retryAfter: '600' };

function answerOf(json: unknown, { status, retryAfter }: Limit = { status: 200 }): HttpAnswer {
  const text = JSON.stringify(json);
  return { status, date: undefined, retryAfter, contentType: undefined, text, bytes: text.length };
}

/** A client of an API in process that asks some requests to wait, on the clock of the test. */
function start(limitOf: (request: ApiRequest, atMs: number) => Limit | null, listed = ['listed']) {
  const clock = createDrivenClock();
  const asked: { readonly path: string; readonly ids: readonly string[]; readonly atMs: number }[] = [];
  const events: RunEvent[] = [];
  const transport: HttpTransport = {
    async send(request, stop) {
      asked.push({ path: request.path, ids: request.body ?? [], atMs: clock.monotonic() });
      await clock.sleep(50, stop);
      const limit = limitOf(request, clock.monotonic());
      if (limit) return answerOf({}, limit);
      if (request.body) return answerOf(request.body.map(($id) => ({ $id })));
      return answerOf(request.path === 'fields/list' ? [] : { results: listed.map((id) => ({ id })), cursor: '' });
    },
    close() {},
  };
  const campaign = { apiUrl: 'http://api', campaign: 'C', token: 't', requestConcurrency: 8, contactsPerRequest: 40 };
  const client = createApiClient({ ...campaign, clock, transport, observe: (event) => events.push(event) });
  const fetch = (ids: readonly string[], insist = false) => {
    const arrived = new Map<string, { readonly kind: FetchedContact['kind']; readonly atMs: number }>();
    const startedMs = clock.monotonic();
    const read = async () => {
      for await (const { id, kind } of client.contactBodies(ids, { signal, insist })) {
        arrived.set(id, { kind, atMs: clock.monotonic() - startedMs });
      }
    };
    return { arrived, done: read() };
  };
  const kindsOf = (arrived: ReadonlyMap<string, { readonly kind: string }>, kind: string) =>
    [...arrived].filter(([, contact]) => contact.kind === kind).map(([id]) => id);
  return { clock, client, asked, events, fetch, kindsOf };
}

const idList = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`);
const names = (id: string) => (request: ApiRequest) => request.body?.includes(id) ?? false;

describe.each([
  ['429 with a Retry-After', BUSY],
  ['429 without one', { status: 429 }],
  ['503 with a Retry-After', { status: 503, retryAfter: '600' }],
])('R6 a %s for ever', (_, limit) => {
  it('for one contact is found to concern it alone: the others of its group come, and it is a fault of its own', async () => {
    const isLimited = names('id-33');
    const { clock, fetch, kindsOf } = start((request) => (isLimited(request) ? limit : null));
    const { arrived, done } = fetch(idList(100));
    await clock.pass(12 * MINUTE_MS);
    expect(kindsOf(arrived, 'body')).toHaveLength(99);
    expect(kindsOf(arrived, 'failed')).toEqual(['id-33']);
    await done;
  });

  it('for one contact holds up the requests for others once, and not again when it is tried again', async () => {
    const isLimited = names('id-3');
    const { clock, client, fetch, kindsOf } = start((request) => (isLimited(request) ? limit : null));
    fetch(idList(10));
    await clock.pass(12 * MINUTE_MS);
    for (let round = 0; round < 30; round++) {
      const again = fetch(['id-3'], true);
      await clock.pass(SECOND_MS);
      const others = fetch(idList(40).slice(10));
      const fields = client.listFields({ signal });
      await clock.pass(SECOND_MS);
      expect(kindsOf(others.arrived, 'body')).toHaveLength(30);
      await fields;
      await clock.pass(5 * MINUTE_MS);
      expect(kindsOf(again.arrived, 'failed')).toEqual(['id-3']);
    }
  });

  it('for many contacts, one after the other, holds up the others once', async () => {
    const isLimited = ({ body }: ApiRequest) => body?.some((id) => Number(id.slice(3)) % 25 === 7) ?? false;
    const { clock, fetch, kindsOf } = start((request) => (isLimited(request) ? limit : null));
    const { arrived, done } = fetch(idList(1_000));
    await clock.pass(14 * MINUTE_MS);
    expect(kindsOf(arrived, 'body')).toHaveLength(960);
    expect(kindsOf(arrived, 'failed')).toHaveLength(40);
    await done;
  });

  it('for a contact that is asked for the first time just after the wait does not begin the wait again', async () => {
    const isLimited = (request: ApiRequest) => names('bad-1')(request) || names('bad-2')(request);
    const { clock, fetch, kindsOf } = start((request) => (isLimited(request) ? limit : null));
    fetch(['bad-1']);
    await clock.pass(5 * MINUTE_MS);
    fetch(['bad-2']);
    await clock.pass(6 * MINUTE_MS);
    const { arrived } = fetch(['id-1']);
    await clock.pass(SECOND_MS);
    expect(kindsOf(arrived, 'body')).toEqual(['id-1']);
  });

  it('for most contacts holds up the others once', async () => {
    const isLimited = ({ body }: ApiRequest) => body?.some((id) => Number(id.slice(3)) % 4 !== 3) ?? false;
    const { clock, fetch, kindsOf } = start((request) => (isLimited(request) ? limit : null), idList(40));
    const { arrived, done } = fetch(idList(1_000).slice(600));
    await clock.pass(19 * MINUTE_MS);
    expect(kindsOf(arrived, 'body')).toHaveLength(100);
    await clock.pass(60 * MINUTE_MS);
    expect(kindsOf(arrived, 'failed')).toHaveLength(300);
    await done;
  });

  it('for one endpoint holds up the others once', async () => {
    const isLimited = ({ path }: ApiRequest) => path === 'contacts/list';
    const { clock, client, fetch, kindsOf } = start((request) => (isLimited(request) ? limit : null));
    const read = async () => {
      for await (const _page of client.contactPages({ signal, changedSince: null, onUnreadable: async () => {} }));
    };
    void read().catch(() => {});
    await clock.pass(11 * MINUTE_MS);
    for (let round = 0; round < 30; round++) {
      const { arrived } = fetch(idList(30));
      await clock.pass(SECOND_MS);
      expect(kindsOf(arrived, 'body')).toHaveLength(30);
      await clock.pass(5 * MINUTE_MS);
    }
  });
});

describe('R6 a limit of the API as a whole', () => {
  it('is waited for by all requests, but for two requests a wait', async () => {
    const { clock, asked, client, fetch, kindsOf } = start((_, atMs) => (atMs < 60 * MINUTE_MS ? BUSY : null));
    const { arrived, done } = fetch(idList(400));
    const fields = client.listFields({ signal });
    await clock.pass(59 * MINUTE_MS);
    const waits = asked.filter(({ atMs }) => atMs > 30 * SECOND_MS);
    expect(waits.length).toBeLessThanOrEqual(5 * (3 + 2));
    for (let minute = 1; minute < 10; minute++) {
      expect(waits.filter(({ atMs }) => atMs % (10 * MINUTE_MS) > MINUTE_MS)).toEqual([]);
    }
    await clock.pass(15 * MINUTE_MS);
    await Promise.all([done, fields]);
    expect(kindsOf(arrived, 'body')).toHaveLength(400);
  });

  it('is waited for no longer than it lasts where a request was being compared with another one when it was met', async () => {
    const isBusy = ({ path }: ApiRequest, atMs: number) => path !== 'contacts/list' && atMs < 15 * MINUTE_MS;
    const { clock, client, fetch, kindsOf } = start((request, atMs) => (isBusy(request, atMs) ? BUSY : null));
    const { arrived } = fetch(['id-1']);
    // The contact is refused again after ten minutes. While another contact is looked for, the next request is refused.
    await clock.pass(10 * MINUTE_MS + 60);
    const fields = client.listFields({ signal });
    await clock.pass(11 * MINUTE_MS);
    await fields;
    expect(kindsOf(arrived, 'body')).toEqual(['id-1']);
  });

  it('that lets some requests through makes no contact a fault of its own', async () => {
    let bucket = 4;
    let filledMs = 0;
    const limitOf = (_: ApiRequest, atMs: number) => {
      bucket = Math.min(4, bucket + (atMs - filledMs) / SECOND_MS);
      filledMs = atMs;
      if (bucket < 1) return { status: 429, retryAfter: '1' };
      bucket--;
      return null;
    };
    const { clock, client, fetch, kindsOf } = start(limitOf);
    const calls = Array.from({ length: 6 }, (_, nr) => fetch(idList(600).slice(nr * 100, nr * 100 + 100)));
    const fields = Array.from({ length: 20 }, () => client.listFields({ signal }));
    await clock.pass(60 * MINUTE_MS);
    await Promise.all(fields);
    for (const { arrived, done } of calls) {
      await done;
      expect(kindsOf(arrived, 'body')).toHaveLength(100);
    }
  });

  it('that lets requests through at random makes no contact a fault of its own', async () => {
    let drawn = 1;
    const limitOf = () => {
      drawn = (drawn * 48_271) % 2_147_483_647;
      return drawn % 10 < 3 ? null : { status: 429, retryAfter: '1' };
    };
    const { clock, fetch, kindsOf } = start(limitOf, idList(40));
    for (const id of idList(140).slice(40)) {
      const { arrived } = fetch([id]);
      await clock.pass(10 * MINUTE_MS);
      expect(kindsOf(arrived, 'failed')).toEqual([]);
    }
  });
});
