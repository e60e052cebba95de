import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstreamClient } from '../../../test/harness/upstream-client.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './index.js';

interface Entry {
  readonly id: string;
  readonly md5: string;
}

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const running: Simulator[] = [];

async function start(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ contacts: 250, clock: { now: () => NOW }, ...options });
  running.push(simulator);
  return { simulator, client: createUpstreamClient(simulator) };
}

afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.close();
});

describe('the API', () => {
  it('lists fields: those of the campaign in their order, and what is none or deleted beside them', async () => {
    const { simulator, client } = await start({ fields: 12, hostileEvery: 9 });
    simulator.activity.step(1, 'new-field');
    const fields = await client.json<Record<string, unknown>[]>('fields/list');
    const live = fields.filter(({ type, deleted }) => type === 'field' && !deleted).map(({ name }) => name);
    expect(live.slice(0, 3)).toEqual(['company', 'street', 'city']);
    expect(live).toContain('__proto__');
    expect(live.at(-1)).toBe('custom_1012');
    expect(fields.some(({ deleted }) => deleted)).toBe(true);
    expect(fields.some(({ type }) => type !== 'field')).toBe(true);
  });

  it('lists contacts in pages, with the md5 that their bodies have', async () => {
    const { simulator, client } = await start({ hostileEvery: 7 });
    simulator.activity.step(100);
    const entries = await client.all<Entry>('contacts/list?limit=60');
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    const bodies = await client.bodies(entries.map(({ id }) => id));
    const md5s = new Map(bodies.map(({ $id, $md5 }) => [$id, $md5]));
    for (const { id, md5 } of entries) expect(md5s.get(id)).toBe(md5);
  });

  it('lists the contacts that changed since a day', async () => {
    const { simulator, client } = await start({ historyDays: 10, zoneMinutes: 0 });
    const changed = simulator.activity.step(20, 'edit').map(({ contactId }) => contactId);
    const all = await client.all<Entry>('contacts/list?limit=1000');
    expect(await client.all('contacts/list?changedSince=2026-01-01')).toEqual(all);
    const today = await client.all<Entry>('contacts/list?changedSince=2026-03-01&limit=7');
    expect(new Set(today.map(({ id }) => id))).toEqual(new Set(changed));
    const week = await client.all('contacts/list?changedSince=2026-02-23&limit=7');
    expect(week.length).toBeGreaterThan(today.length);
    expect(week.length).toBeLessThan(all.length);
  });

  it('has opaque cursors of 300 characters that a URL may have, and ends with an empty one or none', async () => {
    const { client } = await start();
    const ends: unknown[] = [];
    for (const path of [
      'contacts/list?limit=40',
      'contacts/transactions/?from=2026-01-01&limit=90',
      'inbound/calls/?from=&limit=5',
    ]) {
      const cursors: (string | undefined)[] = [];
      for await (const page of client.pages(path)) {
        expect(page.count).toBe(page.results.length);
        cursors.push(page.cursor);
      }
      ends.push(cursors.pop());
      expect(cursors.length).toBeGreaterThan(1);
      for (const cursor of cursors) expect(cursor).toMatch(/^[A-Za-z0-9_-]{300}$/);
    }
    expect(ends).toEqual([undefined, '', undefined]);
    expect((await client.request('contacts/list?cursor=made-up')).status).toBe(400);
  });

  it('gives bodies of those contacts only that are there, each once', async () => {
    const { simulator, client } = await start();
    const [first, second, third] = await client.all<Entry>('contacts/list?limit=1000');
    const ids = [first, second, third].map((entry) => entry?.id ?? '');
    const bodies = await client.bodies([...ids, ids[0] ?? '', 'NOSUCHCONTACT000']);
    expect(bodies.map(({ $id }) => $id).toSorted()).toEqual(ids.toSorted());
    const [deleted] = simulator.activity.step(1, 'delete-contact');
    expect(await client.bodies([deleted?.contactId ?? ''])).toEqual([]);
    const plain = await client.request('contacts/', { method: 'POST', body: JSON.stringify(ids) });
    expect(await plain.text()).not.toContain('$md5');
  });

  it.each([
    ['contacts/', '{}', 400],
    ['contacts/', '["a", 1]', 400],
    ['contacts/', 'no JSON', 400],
    ['contacts/', JSON.stringify(Array.from({ length: 11 }, (_, id) => `${id}`)), 413],
  ])('refuses to give bodies for %s %s with %i', async (path, body, status) => {
    const { client } = await start({ maxIds: 10 });
    expect((await client.request(path, { method: 'POST', body })).status).toBe(status);
  });

  it.each([
    'contacts/list?limit=0',
    'contacts/list?changedSince=2026-02-30T00',
    'contacts/transactions/',
    'contacts/transactions/?from=yesterday',
    'contacts/transactions/?from=2026-01-01T00:00:00.0000',
    'inbound/calls/?from=2026-13-01',
  ])('refuses %s', async (path) => {
    const { client } = await start();
    expect((await client.request(path)).status).toBe(400);
  });

  it.each(['2026-02-27', '2026-02-27T00:00:00', '2026-02-27T00:00:00.0', '2026-02-27T00:00:00.000Z'])(
    'takes %s for a time',
    async (time) => {
      const { client } = await start();
      const lines = await client.all<string>(`contacts/transactions/?from=${time}&to=2026-02-28&limit=1000`);
      expect(lines.length).toBeGreaterThan(5);
      for (const line of lines) expect(line).toMatch(/^2026-02-27T.{12}Z\d{4}\|[0-9a-f]{32}\|[0-9A-Z]{16}\|\d+,\d+$/);
    },
  );

  it('lists inbound calls of a window', async () => {
    const { client } = await start({ inboundCalls: 300 });
    const calls = await client.all<{ call_time: string }>('inbound/calls/?from=2026-02-20&to=2026-02-22&limit=1000');
    expect(calls).toHaveLength(20);
    for (const { call_time: time } of calls) expect(time).toMatch(/^2026-02-2[01]T/);
  });

  it('lets in only a client that has the token, for its campaign', async () => {
    const { simulator } = await start();
    const status = async (path: string, headers: Record<string, string>) =>
      (await fetch(`${simulator.url}${path}`, { headers })).status;
    const path = `/api/campaigns/${simulator.campaign}/fields/list`;
    const right = { authorization: `Bearer ${simulator.token}` };
    expect(await status(path, right)).toBe(200);
    expect(await status(path, { authorization: 'Bearer other' })).toBe(403);
    expect(await status(path, {})).toBe(401);
    expect(await status('/api/campaigns/OTHER/fields/list', right)).toBe(404);
    expect(await status('/api/campaigns', right)).toBe(404);
  });

  it('tells its clock, and compresses for those who take it', async () => {
    const { client } = await start();
    const zipped = await client.request('contacts/list', { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers.get('date')).toBe('Sun, 01 Mar 2026 12:00:00 GMT');
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    const plain = await client.request('contacts/list', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const results = async (response: Response) => ((await response.json()) as { results: unknown }).results;
    expect(await results(plain)).toEqual(await results(zipped));
  });

  it('counts requests and bodies', async () => {
    const { simulator, client } = await start();
    const entries = await client.all<Entry>('contacts/list?limit=100');
    await client.bodies(entries.slice(0, 30).map(({ id }) => id));
    expect(simulator.requests).toMatchObject({ 'contacts-list': 3, contacts: 1, bodies: 30, fields: 0 });
  });
});

describe('the control', () => {
  it('lets another process drive activity and faults', async () => {
    const { simulator, client } = await start();
    const control = async (message: unknown) =>
      (await fetch(`${simulator.url}/__control`, { method: 'POST', body: JSON.stringify(message) })).json();
    const stepped = await control({ activity: { step: 3, kind: 'edit' }, faults: [{ kind: 'html' }] });
    expect(stepped).toMatchObject({ events: [{ kind: 'edit', atMs: NOW }, { kind: 'edit' }, { kind: 'edit' }] });
    expect(await (await client.request('fields/list')).text()).toContain('<html>');
    expect(await control({ faults: [] })).toMatchObject({ struck: { html: 1 }, requests: { fields: 1 } });
    expect((await client.request('fields/list')).headers.get('content-type')).toContain('json');
    await control({ activity: { start: 1 } });
    await control({ activity: { stop: true } });
    const refused = await fetch(`${simulator.url}/__control`, { method: 'POST', body: '{"faults":[{"kind":"odd"}]}' });
    expect(refused.status).toBe(400);
  });
});

describe('close', () => {
  it('ends every connection, twice if need be, and listens no more', async () => {
    const { simulator, client } = await start({ faults: [{ kind: 'hang' }] });
    const hanging = client.request('fields/list').catch(() => 'broken');
    while (simulator.requests.fields === 0) await new Promise((resolve) => setImmediate(resolve));
    await simulator.close();
    await simulator.close();
    expect(await hanging).toBe('broken');
    const refused = new Promise((resolve) => {
      connect(Number(new URL(simulator.url).port), '127.0.0.1').on('error', (error) =>
        resolve((error as NodeJS.ErrnoException).code),
      );
    });
    expect(await refused).toBe('ECONNREFUSED');
  });
});

describe('startSimulator', () => {
  it('refuses a past that ends after now, and faults that are none', async () => {
    for (const historyEndMs of [NOW + 1, Number.NaN]) {
      await expect(startSimulator({ clock: { now: () => NOW }, historyEndMs })).rejects.toThrow(RangeError);
    }
    await expect(startSimulator({ faults: [{ kind: 'odd' } as never] })).rejects.toThrow(/no fault "odd"/);
    await expect(startSimulator({ faults: [{ kind: 'html', endpoint: 'odd' as never }] })).rejects.toThrow(
      /no endpoint/,
    );
    await expect(startSimulator({ faults: [{ kind: 'html', from: 'odd' }] })).rejects.toThrow(/no time/);
  });
});
