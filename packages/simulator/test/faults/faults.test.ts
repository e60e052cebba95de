import { afterEach, describe, expect, it } from 'vitest';
import { createUpstreamClient } from '../../../../test/harness/upstream-client.ts';
import { type FaultSpec, type Simulator, startSimulator } from '../../src/index.ts';

const START = Date.parse('2026-03-01T12:00:00.000Z');
let simulator: Simulator;
let nowMs = START;

async function start(...faults: FaultSpec[]) {
  nowMs = START;
  simulator = await startSimulator({ contacts: 120, clock: { now: () => nowMs }, faults });
  return createUpstreamClient(simulator);
}

afterEach(() => simulator.close());

/** Returns the status of a request, or that it broke. */
async function outcome(response: Promise<Response>): Promise<string> {
  try {
    const { status, text } = await response.then(async (answer) => ({
      status: answer.status,
      text: await answer.text(),
    }));
    return `${status} ${text.slice(0, 1)}`;
  } catch {
    return 'broken';
  }
}

async function idsOf(client: ReturnType<typeof createUpstreamClient>): Promise<string[]> {
  return (await client.all<{ id: string }>('contacts/list?limit=1000')).map(({ id }) => id);
}

describe('faults of the transport', () => {
  it('answers a status, with Retry-After', async () => {
    const client = await start({ kind: 'status', status: 429, retryAfter: 7 });
    const response = await client.request('fields/list');
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it.each([
    ['an HTML page', { kind: 'html' }, '200 <'],
    ['a reset', { kind: 'reset' }, 'broken'],
    ['a body that breaks off', { kind: 'truncate', how: 'broken' }, 'broken'],
    ['a body that ends too early', { kind: 'truncate', how: 'silent' }, '200 ['],
    ['a trickle', { kind: 'trickle', bytes: 300, everyMs: 1 }, '200 ['],
    ['a delay', { kind: 'delay', ms: 5 }, '200 ['],
  ] satisfies [string, FaultSpec, string][])('gives %s', async (_what, fault, wanted) => {
    const client = await start(fault);
    expect(await outcome(client.request('fields/list'))).toBe(wanted);
    expect(simulator.faults.struck[fault.kind]).toBe(1);
  });

  it('ends a silent truncation as if it were whole, compressed or not', async () => {
    const client = await start({ kind: 'truncate', how: 'silent' });
    for (const encoding of ['gzip', 'identity']) {
      const response = await client.request('contacts/list', { headers: { 'accept-encoding': encoding } });
      const text = await response.text();
      expect(text).toMatch(/^\{"count":120,/);
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
    }
  });

  it('hangs until the client goes', async () => {
    const client = await start({ kind: 'hang' });
    const gone = new AbortController();
    const hanging = outcome(client.request('fields/list', { signal: gone.signal }));
    while (simulator.requests.fields === 0) await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    expect(await hanging).toBe('broken');
  });

  it('is down for the given time on its own clock', async () => {
    const client = await start({ kind: 'down', seconds: 3600 });
    nowMs = START + 3_599_999;
    expect(await outcome(client.request('fields/list'))).toBe('broken');
    nowMs = START + 3_600_000;
    expect(await outcome(client.request('fields/list'))).toBe('200 [');
  });

  it('has a wrong Date header, or none', async () => {
    const client = await start(
      { kind: 'date', offsetMs: 86_400_000, count: 1 },
      { kind: 'date', header: null, skip: 1 },
    );
    expect((await client.request('fields/list')).headers.get('date')).toBe('Mon, 02 Mar 2026 12:00:00 GMT');
    expect((await client.request('fields/list')).headers.get('date')).toBeNull();
  });
});

describe('faults of the data', () => {
  it('leaves ids out', async () => {
    const client = await start({ kind: 'missing-ids', share: 0.5 });
    const bodies = await client.bodies(await idsOf(client));
    expect(bodies.length).toBeGreaterThan(30);
    expect(bodies.length).toBeLessThan(90);
  });

  it('lags behind: bodies, lines and entries as they were', async () => {
    const client = await start();
    const [first] = simulator.activity.step(1, 'transaction');
    const id = first?.contactId ?? '';
    const read = async () => [
      await client.bodies([id]),
      (await client.all<string>('contacts/transactions/?from=2026-03-01')).map((line) => line.split('|')[1]),
      (await client.all<{ id: string }>('contacts/list?limit=1000')).filter((entry) => entry.id === id),
    ];
    const before = await read();
    nowMs += 10_000;
    simulator.activity.step(400, 'late-change');
    const after = await read();
    expect(after).not.toEqual(before);
    simulator.faults.set([{ kind: 'lag', ms: 5000 }]);
    expect(await read()).toEqual(before);
  });

  it('fails for poisonous contacts always, and its truth knows them', async () => {
    const client = await start({ kind: 'poison', every: 10, status: 502 });
    const ids = await idsOf(client);
    const statuses = await Promise.all(
      ids.map(async (id) => (await client.request('contacts/', { method: 'POST', body: JSON.stringify([id]) })).status),
    );
    expect(statuses.filter((status) => status === 502)).toHaveLength(12);
    const truth = (await (await fetch(`${simulator.url}/__truth`)).text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const letters = truth.filter(({ kind }) => kind === 'fetch').map(({ contactId }) => contactId);
    expect(letters.toSorted()).toEqual(ids.filter((_id, index) => statuses[index] === 502).toSorted());
    for (const line of truth)
      if (letters.includes(line.contactId) && line.kind !== 'fetch' && line.table !== 'inbound_calls')
        expect(line.gone).toBe(true);
    simulator.faults.set([{ kind: 'poison', ids: ids.slice(0, 1) }]);
    expect((await client.request('contacts/', { method: 'POST', body: JSON.stringify(ids) })).status).toBe(500);
    expect(await client.bodies(ids.slice(1))).toHaveLength(119);
  });

  it('refuses, repeats and loses cursors', async () => {
    const client = await start({ kind: 'repeat-cursor' });
    const page = (cursor: string) =>
      client.json<{ cursor?: string; results: unknown[] }>(
        `contacts/list?limit=50&cursor=${encodeURIComponent(cursor)}`,
      );
    const { cursor = '' } = await page('');
    expect(await page(cursor)).toMatchObject({ cursor });
    simulator.faults.set([{ kind: 'lose-cursor' }]);
    const lost = await page('');
    expect([lost.results.length, lost.cursor || 'none']).toEqual([50, 'none']);
    simulator.faults.set([{ kind: 'escape-cursor' }]);
    const escaped = await page('');
    expect(escaped.cursor).toMatch(/^(?=.*[+/])[A-Za-z0-9+/]{300}$/);
    expect((await page(escaped.cursor ?? '')).results).toHaveLength(50);
    simulator.faults.set([{ kind: 'refuse-cursor' }]);
    await expect(page(cursor)).rejects.toThrow('400');
  });
});

describe('when faults strike', () => {
  const hits = async (client: ReturnType<typeof createUpstreamClient>, count: number) => {
    const found: boolean[] = [];
    for (let request = 0; request < count; request++) found.push((await client.request('fields/list')).status === 503);
    return found;
  };

  it('after a number of requests, a number of times, at one endpoint', async () => {
    const client = await start({ kind: 'status', status: 503, endpoint: ['fields', 'contacts'], skip: 2, count: 2 });
    expect((await client.request('contacts/list')).status).toBe(200);
    expect(await hits(client, 6)).toEqual([false, false, true, true, false, false]);
    expect(simulator.faults.struck).toEqual({ status: 2 });
  });

  it('between two instants', async () => {
    const from = '2026-03-01T12:00:01.000Z';
    const client = await start({ kind: 'status', status: 503, from, until: '2026-03-01T12:00:02.000Z' });
    const found: boolean[] = [];
    for (const ms of [0, 1000, 1999, 2000]) {
      nowMs = START + ms;
      found.push(...(await hits(client, 1)));
    }
    expect(found).toEqual([false, true, true, false]);
  });

  it('by chance, the same chance for the same seed', async () => {
    const fault: FaultSpec = { kind: 'status', status: 503, probability: 0.3, seed: 4 };
    const client = await start(fault);
    const first = await hits(client, 100);
    expect(first.filter(Boolean).length).toBeGreaterThan(15);
    expect(first.filter(Boolean).length).toBeLessThan(45);
    simulator.faults.set([fault]);
    expect(await hits(client, 100)).toEqual(first);
    simulator.faults.clear();
    expect(await hits(client, 5)).not.toContain(true);
  });
});
