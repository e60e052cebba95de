import { afterEach, describe, expect, it } from 'vitest';
import { createSleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import {
  type Reply,
  type ScriptedApi,
  type SeenRequest,
  startScriptedApi,
} from '../../../../test/harness/scripted-api.ts';
import type { RunEvent } from '../observe/run-events.js';
import { type ApiClient, type ApiClientSettings, createApiClient, type FetchedContact } from './api-client.js';

describe('contactBodies', () => {
  let api: ScriptedApi;
  let client: ApiClient;
  const events: RunEvent[] = [];
  const end = new AbortController();

  async function start(answer: (request: SeenRequest, nr: number) => Reply, settings: Partial<ApiClientSettings> = {}) {
    let nr = 0;
    events.length = 0;
    api = await startScriptedApi((request) => answer(request, ++nr));
    client = createApiClient({
      apiUrl: api.url,
      campaign: 'C',
      token: 't',
      requestConcurrency: 4,
      contactsPerRequest: null,
      clock: createSleepingClock(),
      observe: (event) => events.push(event),
      ...settings,
    });
  }

  afterEach(async () => {
    client.close();
    await api[Symbol.asyncDispose]();
  });

  async function fetchAll(ids: Iterable<string> | AsyncIterable<string>): Promise<readonly FetchedContact[]> {
    const fetched: FetchedContact[] = [];
    for await (const contact of client.contactBodies(ids, { signal: end.signal })) fetched.push(contact);
    return fetched;
  }

  const groups = () => api.requests.flatMap(({ method, ids }) => (method === 'POST' ? [ids] : []));
  const kindsOf = (fetched: readonly FetchedContact[]) => Object.fromEntries(fetched.map(({ id, kind }) => [id, kind]));

  it('answer each id once, in requests that grow', async () => {
    const all = idList(500);
    await start(bodies);
    const fetched = await fetchAll(all);
    expect(fetched.map(({ id }) => id).sort()).toEqual([...all].sort());
    expect(new Set(fetched.map(({ kind }) => kind))).toEqual(new Set(['body']));
    expect(api.requests[0]).toMatchObject({ method: 'POST', path: 'contacts/', query: { include_md5: 'true' } });
    const sizes = groups().map((ids) => ids.length);
    expect(sizes[0]).toBe(4);
    expect(Math.max(...sizes)).toBeGreaterThan(40);
  });

  it('ask for as many as were fixed', async () => {
    await start(bodies, { contactsPerRequest: 7 });
    await fetchAll(idList(30));
    expect(
      groups()
        .map((ids) => ids.length)
        .sort(),
    ).toEqual([2, 7, 7, 7, 7]);
  });

  it('keep every digit of a body, and share out its bytes', async () => {
    await start(() => ({ text: '[{"$id":"a","n":1.10},{"$id":"b","n":12345678901234567890}]' }));
    const fetched = await fetchAll(['a', 'b']);
    expect(JSON.stringify(fetched.map((contact) => contact.kind === 'body' && [contact.body.n, contact.bytes]))).toBe(
      '[[1.10,30],[12345678901234567890,30]]',
    );
  });

  it('say which ids an answer lacks', async () => {
    await start(() => ({ json: [null, { $id: 'b' }] }));
    expect(kindsOf(await fetchAll(['a', 'b', 'c']))).toEqual({ a: 'missing', b: 'body', c: 'missing' });
  });

  it('leave aside a body that was not asked for, and say so', async () => {
    await start(() => ({ json: [{ $id: 'a' }, { $id: 'x' }] }));
    expect(kindsOf(await fetchAll(['a']))).toEqual({ a: 'body' });
    expect(events).toMatchObject([{ type: 'notice', level: 'warn', code: 'API_CONTACT_UNASKED' }]);
  });

  it('name one that was not asked for in few characters', async () => {
    await start(({ ids }) => ({ json: [...ids, 'x'.repeat(1_000_000)].map(($id) => ({ $id })) }));
    expect(kindsOf(await fetchAll(['a']))).toEqual({ a: 'body' });
    expect(JSON.stringify(events).length).toBeLessThan(1_000);
  });

  it.each([{}, { results: [] }, ['a'], [{ id: 'a' }], [{ $id: 5 }]])('never take %j for contacts', async (wrong) => {
    await start((request, nr) => (nr === 1 ? { json: wrong } : bodies(request)));
    expect(kindsOf(await fetchAll(['a']))).toEqual({ a: 'body' });
  });

  it.each([400, 413])('halve a request that is refused with %d', async (status) => {
    await start((request) => (request.ids.length > 8 ? { json: {}, status } : bodies(request)));
    const fetched = await fetchAll(idList(60));
    expect(fetched.filter(({ kind }) => kind === 'body')).toHaveLength(60);
    expect(events).toEqual([]);
  });

  it('halve a request whose answer is larger than it may be', async () => {
    const answer = ({ ids }: SeenRequest): Reply => ({ json: ids.map(($id) => ({ $id, text: 'x'.repeat(1_000) })) });
    await start(answer, { maxAnswerBytes: 5_000 });
    expect(await fetchAll(idList(40))).toHaveLength(40);
  });

  it.each<[string, Reply]>([
    ['a server error', { json: {}, status: 500 }],
    ['a refusal', { json: {}, status: 400 }],
    ['an answer of another shape', { json: [{ $id: null }] }],
    ['a broken connection', { respond: (response) => response.destroy() }],
  ])('R6 single out one id that brings %s, and stall no other', async (_what, fault) => {
    await start((request) => (request.ids.includes('id-33') ? fault : answerAll(request)));
    const fetched = await fetchAll(idList(100));
    expect(fetched.filter(({ kind }) => kind === 'body')).toHaveLength(99);
    expect(fetched.filter(({ kind }) => kind === 'failed')).toMatchObject([
      { id: 'id-33', code: expect.stringMatching(/^API_/) },
    ]);
  });

  it('R6 single out a bad id though nothing else is asked for, by trying another contact', async () => {
    await start((request) => (request.ids.includes('bad') ? { json: {}, status: 500 } : answerAll(request)));
    expect(kindsOf(await fetchAll(['bad']))).toEqual({ bad: 'failed' });
    expect(groups()).toContainEqual(['listed']);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 100])('R6 never take an outage of %d answers for a bad id', async (count) => {
    await start((request, nr) => (nr <= count ? { json: {}, status: 500 } : answerAll(request)));
    expect(kindsOf(await fetchAll(['a']))).toEqual({ a: 'body' });
  });

  it('R6 never take a refusal of everything for bad ids', async () => {
    await start((request, nr) => (nr < 100 ? { json: {}, status: 400 } : answerAll(request)));
    expect(kindsOf(await fetchAll(['a', 'b', 'c']))).toEqual({ a: 'body', b: 'body', c: 'body' });
  });

  it('stop at a fatal answer', async () => {
    await start(() => ({ json: {}, status: 403 }));
    await expect(fetchAll(idList(100))).rejects.toMatchObject({ code: 'API_TOKEN_REFUSED' });
  });

  it('stand still while their reader does', async () => {
    const answer = ({ ids }: SeenRequest): Reply => ({ json: ids.map(($id) => ({ $id, text: 'x'.repeat(10_000) })) });
    await start(answer, { maxBufferedBytes: 1_000_000, contactsPerRequest: 20 });
    const reader = client.contactBodies(idList(1_000), { signal: end.signal })[Symbol.asyncIterator]();
    await reader.next();
    const before = await settled(() => api.requests.length);
    expect(before).toBeLessThan(10);
    let rest = 1;
    while (!(await reader.next()).done) rest++;
    expect(rest).toBe(1_000);
  });

  it('answer ids whose successors wait for them', async () => {
    await start(bodies);
    const dealtWith = Promise.withResolvers<void>();
    async function* ids() {
      yield 'a';
      await dealtWith.promise;
      yield 'b';
    }
    const fetched: string[] = [];
    for await (const { id } of client.contactBodies(ids(), { signal: end.signal })) {
      fetched.push(id);
      dealtWith.resolve();
    }
    expect(fetched).toEqual(['a', 'b']);
  });

  it('end with the signal, in flight and while they wait for ids', async () => {
    const stop = new AbortController();
    await start(() => ({ respond: () => stop.abort(new Error('stopped')) }));
    const readAll = async (ids: AsyncIterable<string> | Iterable<string>) => {
      for await (const _contact of client.contactBodies(ids, { signal: stop.signal }));
    };
    await expect(readAll(['a'])).rejects.toThrow('stopped');
    const later = new AbortController();
    async function* noIds() {
      await new Promise(() => setImmediate(() => later.abort(new Error('stopped too'))));
      yield '';
    }
    const waiting = client.contactBodies(noIds(), { signal: later.signal })[Symbol.asyncIterator]().next();
    await expect(waiting).rejects.toThrow('stopped too');
  });

  it('abandon their requests where the reader leaves, and close the ids', async () => {
    let isClosed = false;
    const isAbandoned = Promise.withResolvers<void>();
    function* ids() {
      try {
        yield* idList(1_000);
      } finally {
        isClosed = true;
      }
    }
    const hang: Reply = { respond: (response) => response.once('close', isAbandoned.resolve) };
    await start((request, nr) => (nr === 1 ? bodies(request) : hang));
    for await (const _contact of client.contactBodies(ids(), { signal: end.signal })) break;
    await isAbandoned.promise;
    expect(isClosed).toBe(true);
  });

  it('hand on what the ids throw', async () => {
    await start(bodies);
    async function* ids() {
      yield 'a';
      throw new Error('no more ids');
    }
    await expect(fetchAll(ids())).rejects.toThrow('no more ids');
  });
});

function idList(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `id-${index}`);
}

function bodies({ ids }: SeenRequest): Reply {
  return { json: ids.map(($id) => ({ $id, $md5: `md5 of ${$id}` })) };
}

function answerAll(request: SeenRequest): Reply {
  return request.path === 'contacts/list' ? { json: { results: [{ id: 'listed' }, { id: 'bad' }] } } : bodies(request);
}

/** The figure once ten turns of the event loop have not changed it. */
async function settled(figure: () => number): Promise<number> {
  for (let quiet = 0, last = figure(); ; last = figure()) {
    await new Promise((resolve) => setImmediate(resolve));
    quiet = figure() === last ? quiet + 1 : 0;
    if (quiet === 10) return last;
  }
}
