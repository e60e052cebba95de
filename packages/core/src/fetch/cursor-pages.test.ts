import { afterEach, describe, expect, it } from 'vitest';
import { createSleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import {
  type Reply,
  type ScriptedApi,
  type SeenRequest,
  startScriptedApi,
} from '../../../../test/harness/scripted-api.ts';
import type { RunEvent } from '../observe/run-events.js';
import type { UnreadableEntry } from './answers.js';
import { type ApiClient, createApiClient } from './api-client.js';
import type { PageOptions } from './cursor-pages.js';

describe('listings', () => {
  let api: ScriptedApi;
  let client: ApiClient;
  const events: RunEvent[] = [];
  const kept: UnreadableEntry[] = [];
  const reading: PageOptions = {
    signal: new AbortController().signal,
    onUnreadable: async (entries) => void kept.push(...entries),
  };

  async function start(answer: (request: SeenRequest, nr: number) => Reply) {
    let nr = 0;
    events.length = 0;
    kept.length = 0;
    api = await startScriptedApi((request) => answer(request, ++nr));
    client = createApiClient({
      apiUrl: api.url,
      campaign: 'C',
      token: 't',
      requestConcurrency: 4,
      contactsPerRequest: null,
      clock: createSleepingClock(),
      observe: (event) => events.push(event),
    });
  }

  afterEach(async () => {
    client.close();
    await api[Symbol.asyncDispose]();
  });

  const waits = () => events.flatMap((event) => (event.type === 'waiting' ? [event.code] : []));
  const cursors = () => api.requests.map(({ query }) => query.cursor ?? null);

  async function listContacts(changedSince: string | null = null): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const page of client.contactPages({ changedSince, ...reading })) ids.push(...page.map(({ id }) => id));
    return ids;
  }

  it('follow the cursor to the page without one', async () => {
    const awkward = 'a+b/c=& d%20';
    await start(({ query }) => page(query.cursor === awkward ? ['C'] : ['A', 'B'], query.cursor ? '' : awkward));
    expect(await listContacts('2026-03-01')).toEqual(['A', 'B', 'C']);
    expect(api.requests[0]?.query).toEqual({ changedSince: '2026-03-01', limit: '1000' });
    expect(api.requests[1]?.query).toEqual({ changedSince: '2026-03-01', limit: '1000', cursor: awkward });
  });

  it.each([[undefined], [null], ['']])('end with a cursor that is %j', async (cursor) => {
    await start(() => ({ json: { results: [{ id: 'A', md5: 'm' }], cursor } }));
    expect(await listContacts()).toEqual(['A']);
  });

  it('take a contact without md5, and give no empty page', async () => {
    const results = [{ id: 'A' }, { id: 'B', md5: null }, { id: 'C', md5: '' }, { id: 'D', md5: 'm' }];
    await start(({ query }) => ({ json: query.cursor ? { results: [] } : { results, cursor: 'next' } }));
    const pages = [];
    for await (const page of client.contactPages({ changedSince: null, ...reading })) pages.push(page);
    expect(pages).toEqual([['A', 'B', 'C'].map((id) => ({ id, md5: null })).concat([{ id: 'D', md5: 'm' }] as never)]);
  });

  it.each([
    { count: 0 },
    { results: null },
    { results: {} },
    { results: ['A'] },
    { results: [{ md5: 'm' }] },
    { results: [{ id: '' }] },
    { results: [{ id: 7 }] },
    { results: [{ id: 'A', md5: 5 }] },
    { results: [{ id: 'A' }], cursor: 5 },
    [],
  ])('never take %j for a page', async (wrong) => {
    await start((_request, nr) => (nr === 1 ? { json: wrong } : page(['A'])));
    expect(await listContacts()).toEqual(['A']);
    expect(waits()).toEqual(['API_ANSWER_INVALID']);
  });

  it('R6 set an entry aside that stays unreadable, once, and give the others', async () => {
    await start(() => ({ json: { results: [{ id: 'A' }, { md5: 'of no contact' }] } }));
    expect(await listContacts()).toEqual(['A']);
    expect(await listContacts()).toEqual(['A']);
    expect(kept).toEqual([
      {
        entry: { md5: 'of no contact' },
        reason: 'The id of a listed contact is nothing where a text that is not empty was expected.',
      },
    ]);
    expect(api.requests).toHaveLength(6);
  });

  it('R6 set an entry aside whose id or md5 is longer than any is, and give the others', async () => {
    const long = [{ id: 'x'.repeat(70_000) }, { id: 'B', md5: 'y'.repeat(70_000) }];
    await start(() => ({ json: { results: [{ id: 'A' }, ...long] } }));
    expect(await listContacts()).toEqual(['A']);
    expect(kept.map(({ reason }) => reason)).toEqual([
      'The id of a listed contact has 70000 characters, more than dbsync takes.',
      'The md5 of a listed contact has 70000 characters, more than dbsync takes.',
    ]);
  });

  it('R6 hand an entry over again that could not be kept', async () => {
    await start(() => ({ json: { results: ['stray'] } }));
    const onUnreadable = () => Promise.reject(new Error('no database'));
    const pages = client.contactPages({ changedSince: null, ...reading, onUnreadable });
    await expect(pages[Symbol.asyncIterator]().next()).rejects.toThrow('no database');
    await listContacts();
    expect(kept).toMatchObject([{ entry: 'stray' }]);
  });

  it('R6 never believe a page of which most is unreadable', async () => {
    const wrong = [{ id: 'A' }, ...Array.from({ length: 4 }, (_, nr) => ({ key: nr }))];
    await start((_request, nr) => (nr < 20 ? { json: { results: wrong } } : page(['A'])));
    expect(await listContacts()).toEqual(['A']);
    expect(kept).toEqual([]);
    expect(waits()[0]).toBe('API_ANSWER_INVALID');
  });

  it('R2 restarts a listing that comes to a cursor twice, and gives what any reading saw', async () => {
    await start(({ query }, nr) => {
      if (nr <= 3) return page([`A${nr}`], query.cursor === 'x' ? 'y' : 'x');
      return page(query.cursor ? ['C'] : ['B'], query.cursor ? null : 'x');
    });
    expect(await listContacts()).toEqual(['A1', 'A2', 'A3', 'B', 'C']);
    expect(cursors()).toEqual([null, 'x', 'y', null, 'x']);
  });

  it.each([400, 404, 410])('R2 restarts a listing whose cursor is refused with %d', async (status) => {
    await start(({ query }, nr) => (nr === 2 ? { json: {}, status } : page([`A${nr}`], query.cursor ? null : 'x')));
    expect(await listContacts()).toEqual(['A1', 'A3', 'A4']);
    expect(cursors()).toEqual([null, 'x', null, 'x']);
  });

  it('R2 does not believe a last page of exactly as many entries as were asked for', async () => {
    const all = Array.from({ length: 2_000 }, (_, index) => `id-${index}`);
    await start(({ query }) => {
      const [from, limit] = [Number(query.cursor ?? 0), Number(query.limit)];
      const isCutOff = limit === 1_000;
      const next = from + limit < all.length && !isCutOff ? String(from + limit) : null;
      return page(all.slice(from, from + limit), next);
    });
    expect(new Set(await listContacts())).toEqual(new Set(all));
    expect(api.requests.map(({ query }) => query.limit)).toEqual(['1000', '997', '997', '997']);
    expect(events).toEqual([]);
  });

  it('R2 reads on until a listing can be trusted, and says what it waits for', async () => {
    await start((_request, nr) => page([`A${nr}`], nr < 20 ? 'always the same' : null));
    expect(await listContacts()).toHaveLength(20);
    expect(waits()[0]).toBe('API_LISTING_DOUBTFUL');
    expect(events.at(-1)).toMatchObject({ type: 'recovered', for: 'api' });
  });

  it('end at once where the reader leaves', async () => {
    await start(() => page(['A'], `cursor-${api.requests.length}`));
    for await (const _page of client.contactPages({ changedSince: null, ...reading })) break;
    expect(api.requests).toHaveLength(1);
  });

  const event = '2018-10-17T08:07:46.468Z0217|0cc1|CONTACT|6,166';

  it.each([
    [{ mode: 'all', prefixes: [] }, {}],
    [{ mode: 'updates_only', prefixes: [] }, { type: 'update' }],
    [
      { mode: 'hi_updates_only', prefixes: ['fc_', 'qc_'] },
      { type: 'update', hi: 'true', tasks: 'fc_,qc_' },
    ],
  ] as const)('of events hand on the filter %j', async (filter, query) => {
    await start(() => ({ json: { count: 1, results: [event, 'k|m|OTHER'] } }));
    const window = { from: '2026-03-02T12:00:00.000Z', to: '2026-03-02T14:30:00+02:00', filter, ...reading };
    const pages = [];
    for await (const page of client.eventPages(window)) pages.push(page);
    expect(pages).toEqual([
      [
        { line: event, contactId: 'CONTACT' },
        { line: 'k|m|OTHER', contactId: 'OTHER' },
      ],
    ]);
    const times = { from: '2026-03-02T12:00:00.000', to: '2026-03-02T12:30:00.000' };
    expect(api.requests[0]).toMatchObject({ path: 'contacts/transactions/' });
    expect(api.requests[0]?.query).toEqual({ ...query, ...times, limit: '1000' });
  });

  it.each(['', 'k|m', 'k|m|', 5, null, {}])('of events never take %j for a line', async (line) => {
    await start((_request, nr) => ({ json: { results: nr === 1 ? [event, line] : [event] } }));
    const window = {
      from: '2026-03-02T12:00:00.000Z',
      to: null,
      filter: { mode: 'all', prefixes: [] },
      ...reading,
    } as const;
    const lines = [];
    for await (const page of client.eventPages(window)) lines.push(...page);
    expect(lines).toEqual([{ line: event, contactId: 'CONTACT' }]);
    expect(waits()).toEqual(['API_ANSWER_INVALID']);
  });

  it('of inbound calls give the calls as they came', async () => {
    await start(() => ({ text: '{"results":[{"id":"a","nr":1.10},{"id":null}]}' }));
    const calls = [];
    for await (const page of client.inboundPages({ from: null, to: null, ...reading })) calls.push(...page);
    expect(JSON.stringify(calls)).toBe('[{"id":"a","nr":1.10},{"id":null}]');
    expect(api.requests).toMatchObject([{ path: 'inbound/calls/', query: { from: '', limit: '1000' } }]);
  });
});

function page(ids: readonly string[], cursor?: string | null): Reply {
  return { json: { count: ids.length, results: ids.map((id) => ({ id, md5: `md5 of ${id}` })), cursor } };
}
