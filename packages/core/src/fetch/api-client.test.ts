import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createSleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import {
  type Reply,
  type ScriptedApi,
  type SeenRequest,
  startScriptedApi,
} from '../../../../test/harness/scripted-api.ts';
import type { RunEvent } from '../observe/run-events.js';
import { type ApiClient, type ApiClientSettings, createApiClient } from './api-client.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TOKEN = 'canary-token-4711';
const FIELDS = [
  { type: 'field', fieldType: 'text', name: 'city' },
  { type: 'group', name: null },
  { type: 'field', fieldType: 'text', name: '' },
  { type: 'field', fieldType: 'text' },
  { type: 'field', fieldType: 'date', name: 'born', deleted: false },
  { type: 'field', fieldType: 'text', name: 'old', deleted: true },
  { type: 'field', name: '__proto__' },
];

describe('createApiClient', () => {
  let api: ScriptedApi;
  let client: ApiClient;
  const events: RunEvent[] = [];
  const clock = createSleepingClock();
  const end = new AbortController();

  async function start(answer: (request: SeenRequest, nr: number) => Reply, settings: Partial<ApiClientSettings> = {}) {
    let nr = 0;
    events.length = 0;
    api = await startScriptedApi((request) => answer(request, ++nr));
    client = createApiClient({
      apiUrl: `${api.url}/`,
      campaign: 'CAMP/1',
      token: TOKEN,
      requestConcurrency: 4,
      contactsPerRequest: null,
      clock,
      observe: (event) => events.push(event),
      ...settings,
    });
  }

  afterEach(async () => {
    client.close();
    await api[Symbol.asyncDispose]();
  });

  const listFields = (signal = end.signal) => client.listFields({ signal });
  const waits = () => events.flatMap((event) => (event.type === 'waiting' ? [event.code] : []));

  it('R4 asks for the time until two answers in a row agree, though every other one has another date', async () => {
    const dates = [-HOUR_MS, -DAY_MS, -HOUR_MS, -DAY_MS, -HOUR_MS, -HOUR_MS];
    await start((_, nr) => ({
      json: [],
      headers: { date: new Date(clock.now() + (dates[nr - 1] ?? 0)).toUTCString() },
    }));
    await client.learnNow({ signal: end.signal });
    expect(client.counters.requests).toBe(6);
    expect(Math.abs((client.clocks()?.apiMs ?? 0) - (clock.now() - HOUR_MS))).toBeLessThan(2_000);
  });

  it('R4 asks for the time three times where answers have no date', async () => {
    await start(() => ({ json: [], headers: { date: 'none' } }));
    await client.learnNow({ signal: end.signal });
    expect([client.counters.requests, client.clocks()]).toEqual([3, null]);
  });

  it('lists the fields that are there, in order', async () => {
    await start(() => ({ json: FIELDS }));
    expect(await listFields()).toEqual([
      { name: 'city', type: 'text' },
      { name: 'born', type: 'date' },
      { name: '__proto__', type: 'text' },
    ]);
    expect(api.requests).toMatchObject([{ method: 'GET', path: 'fields/list', search: '' }]);
    expect(api.requests[0]?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}` });
    expect(events).toEqual([]);
  });

  it('unpacks gzip', async () => {
    const packed = gzipSync(JSON.stringify(FIELDS));
    await start(() => ({ text: packed, headers: { 'content-encoding': 'gzip' } }));
    expect(await listFields()).toHaveLength(3);
    expect(api.requests[0]?.headers['accept-encoding']).toContain('gzip');
  });

  it.each([
    [401, 'API_TOKEN_REFUSED', 'check --campaign and --token'],
    [403, 'API_TOKEN_REFUSED', 'check --campaign and --token'],
    [404, 'API_CAMPAIGN_UNKNOWN', 'check --campaign'],
  ])('stops at a %d without another try, and says first what to check', async (status, code, advice) => {
    await start(() => ({ json: {}, status }));
    const message = expect.stringMatching(new RegExp(`^The [^:]+: ${advice}\\. GET fields/list answered ${status} `));
    await expect(listFields()).rejects.toMatchObject({ code, message });
    expect(api.requests).toHaveLength(1);
  });

  it.each<[string, Reply, string]>([
    ['a server error', { json: {}, status: 503 }, 'API_FAILED'],
    ['too many requests', { json: {}, status: 429 }, 'API_BUSY'],
    ['a redirect', { json: {}, status: 302, headers: { location: '/elsewhere' } }, 'API_FAILED'],
    ['a bad request', { json: {}, status: 400 }, 'API_FAILED'],
    ['a page of HTML with 200', { text: '<!DOCTYPE html><h1>Maintenance</h1>' }, 'API_ANSWER_INVALID'],
    ['an empty body', { text: '' }, 'API_ANSWER_INVALID'],
    ['JSON that breaks off', { text: '[{"type":"field","na' }, 'API_ANSWER_INVALID'],
    ['another shape', { json: { results: [] } }, 'API_ANSWER_INVALID'],
    ['an entry of another shape', { json: ['city'] }, 'API_ANSWER_INVALID'],
    ['null', { json: null }, 'API_ANSWER_INVALID'],
    [
      'bytes that are no UTF-8',
      { text: Buffer.from('[{"type":"field","name":"\u00e9"}]', 'latin1') },
      'API_ANSWER_INVALID',
    ],
    ['broken gzip', { text: 'no gzip', headers: { 'content-encoding': 'gzip' } }, 'API_UNREACHABLE'],
    ['a body cut off', { respond: cutOff }, 'API_UNREACHABLE'],
    ['a broken connection', { respond: (response) => response.destroy() }, 'API_UNREACHABLE'],
    ['more bytes than it takes', { text: `[${' '.repeat(20_000)}]` }, 'API_ANSWER_TOO_LARGE'],
  ])('asks again after %s', async (_what, reply, code) => {
    let left = 3;
    const answer = ({ path }: SeenRequest) => (path !== 'fields/list' || left-- > 0 ? reply : { json: FIELDS });
    await start(answer, { maxAnswerBytes: 10_000 });
    expect(await listFields()).toHaveLength(3);
    expect(client.counters.retries).toBe(3);
    expect(waits()).toEqual([code]);
    expect(events.at(-1)).toMatchObject({ type: 'recovered', for: 'api' });
  });

  it('asks again when an answer does not come in time', async () => {
    await start((_request, nr) => (nr === 1 ? { respond: () => {} } : { json: FIELDS }), { idleMs: 200 });
    expect(await listFields()).toHaveLength(3);
    expect(waits()).toEqual(['API_UNREACHABLE']);
    const message = `GET fields/list at ${new URL(api.url).host} sent nothing for 200 ms.`;
    expect(events[0]).toMatchObject({ message });
  });

  it('asks again when no server listens, and finds the API when it is back', async () => {
    await start(() => ({ json: FIELDS }));
    const { url } = api;
    const giveUp = new AbortController();
    const unreachable = createApiClient({
      apiUrl: url.replace(/:\d+$/, ':1'),
      campaign: 'C',
      token: TOKEN,
      requestConcurrency: 1,
      contactsPerRequest: null,
      clock,
      observe: (event) => events.push(event) === 3 && giveUp.abort(new Error('enough')),
    });
    await expect(unreachable.listFields({ signal: giveUp.signal })).rejects.toThrow('enough');
    expect(events[0]).toMatchObject({ message: 'GET fields/list at 127.0.0.1:1 failed (ECONNREFUSED).' });
  });

  it('repeats for days, and speaks up only now and then', async () => {
    const backMs = clock.now() + 3 * DAY_MS;
    const answer = (): Reply => ({ json: FIELDS, status: clock.now() < backMs ? 503 : 200 });
    await start(answer, { backoff: { firstMs: 1_000, maxMs: HOUR_MS } });
    await listFields();
    expect(waits().length).toBeGreaterThan(20);
    expect(waits().length).toBeLessThan(3 * 24 + 4);
    const levels = events.map((event) => (event.type === 'waiting' ? event.level : event.type));
    expect([levels[0], levels.at(-2), levels.at(-1)]).toEqual(['info', 'error', 'recovered']);
  });

  it('sends no more requests at a time than it may', async () => {
    const held: ServerResponse[] = [];
    let most = 0;
    const respond = (response: ServerResponse) => {
      most = Math.max(most, held.push(response));
      if (held.length === 3) for (const waiting of held.splice(0)) waiting.end(JSON.stringify(FIELDS));
    };
    await start(() => ({ respond }), { requestConcurrency: 3 });
    await Promise.all(Array.from({ length: 21 }, () => listFields()));
    expect(most).toBe(3);
  });

  it('ends at once when the signal aborts, in flight and while waiting', async () => {
    await start(() => ({ respond: () => stop.abort(new Error('stopped')) }));
    const stop = new AbortController();
    await expect(listFields(stop.signal)).rejects.toThrow('stopped');
    await expect(listFields(stop.signal)).rejects.toThrow('stopped');
    expect(api.requests).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ['refuses the token', { json: { token: TOKEN }, status: 403 }],
    ['breaks the connection', { respond: (response) => response.destroy() }],
    ['echoes the token', { text: `<p>${TOKEN}</p>`, status: 500 }],
  ])('shows the token in no error or event when the API %s', async (_what, reply) => {
    await start(() => reply);
    const stop = new AbortController();
    const failure = listFields(stop.signal);
    if (!('json' in reply))
      expect
        .poll(() => events.length)
        .toBeGreaterThan(0)
        .then(() => stop.abort());
    const error = await failure.catch((thrown: unknown) => thrown);
    expect(inspect([error, events], { depth: 20, showHidden: true })).not.toContain(TOKEN);
  });
});

function cutOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 9 }).write('[]', () => response.destroy());
}
