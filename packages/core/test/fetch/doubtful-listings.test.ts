import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type AskedRequest,
  createAnsweringTransport,
  type GivenAnswer,
} from '../../../../test/harness/answering-transport.ts';
import { createSleepingClock, type SleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import { type ApiClient, createApiClient } from '../../src/fetch/api-client.ts';
import { ApiFault } from '../../src/fetch/api-fault.ts';
import type { RunEvent } from '../../src/observe/run-events.ts';

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;

describe('a listing that cannot be read to its end', () => {
  let transport: ReturnType<typeof createAnsweringTransport>;
  let client: ApiClient;
  let clock: SleepingClock;
  let events: RunEvent[];
  let answer: (request: AskedRequest, nr: number) => GivenAnswer;

  beforeEach(() => {
    clock = createSleepingClock();
    events = [];
    transport = createAnsweringTransport((request, nr) => answer(request, nr));
    const campaign = {
      apiUrl: 'http://api',
      campaign: 'C',
      token: 't',
      requestConcurrency: 4,
      contactsPerRequest: null,
    };
    client = createApiClient({ ...campaign, transport, clock, observe: (event) => events.push(event) });
  });

  const waits = () => events.flatMap((event) => (event.type === 'waiting' ? [event] : []));
  const limits = () => transport.requests.map(({ query }) => query.limit);
  const list = async () => {
    const ids = new Set<string>();
    const partial: ApiFault[] = [];
    const onUnreadable = () => Promise.reject(new Error('unreadable'));
    const onPartial = (why: ApiFault) => void partial.push(why);
    for await (const page of client.contactPages({ changedSince: null, signal, onUnreadable, onPartial })) {
      for (const { id } of page) ids.add(id);
    }
    return { ids, why: partial.map(({ code }) => code) };
  };

  it.each([
    ['empty', []],
    ['the same', ['A', 'B']],
  ])('R2 is slowed, reported and ended where its pages are %s under cursors without end', async (_what, ids) => {
    answer = (_request, nr) => page(nr === 1 ? ['A', 'B'] : ids, `cursor ${nr}`);
    expect(await list()).toEqual({ ids: new Set(['A', 'B']), why: ['API_LISTING_ENDLESS'] });
    expect(transport.requests.length).toBeLessThan(100);
    expect(waits()[0]).toMatchObject({ code: 'API_LISTING_ENDLESS' });
    expect(clock.monotonic()).toBeGreaterThan(20_000);
  });

  it('R2 goes on through some empty pages to entries behind them', async () => {
    answer = (_request, nr) => (nr < 20 ? page([], `cursor ${nr}`) : page(['A'], null));
    expect(await list()).toEqual({ ids: new Set(['A']), why: [] });
  });

  it('R2 is slowed, reported and ended where it brings new entries without end', async () => {
    answer = (_request, nr) => page([`A${nr}`], `cursor ${nr}`);
    const { ids, why } = await list();
    expect(why).toEqual(['API_LISTING_ENDLESS']);
    expect(ids.size).toBe(transport.requests.length);
    expect(ids.size).toBeLessThan(10_000);
    expect(waits().map(({ level }) => level)).toEqual(['info', 'warn', 'error']);
  });

  it('R2 ends after five readings whose cursors were refused, with what came', async () => {
    answer = ({ query }) => (query.cursor === null ? page(['A', 'B'], 'x') : { json: {}, status: 400 });
    expect(await list()).toEqual({ ids: new Set(['A', 'B']), why: ['API_CURSOR_REFUSED'] });
    expect(limits()).toEqual([1000, 1000, 499, 499, 991, 991, 247, 247, 1000, 1000]);
  });

  it('R6 asks for ever fewer entries where a page is larger than dbsync takes, and goes on behind it', async () => {
    answer = ({ query }) => {
      const [from, limit] = [Number(query.cursor ?? 0), Number(query.limit)];
      if (from < 10 && from + limit > 12) throw tooLarge();
      const ids = Array.from({ length: Math.min(limit, 3_000 - from) }, (_, index) => `id ${from + index}`);
      return page(ids, from + limit < 3_000 ? String(from + limit) : null);
    };
    expect(await list()).toMatchObject({ ids: { size: 3_000 }, why: [] });
    expect(limits().slice(0, 5)).toEqual([1000, 250, 62, 15, 3]);
    expect(waits()[0]).toMatchObject({ code: 'API_ANSWER_TOO_LARGE' });
  });

  it('R6 ends after five readings that one entry keeps from going on, with what came, reported and slowed', async () => {
    const jitter = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    onTestFinished(() => jitter.mockRestore());
    answer = ({ query }) => {
      const [from, limit] = [Number(query.cursor ?? 0), Number(query.limit)];
      if (from + limit > 2) throw tooLarge();
      return page([`id ${from}`], String(from + limit));
    };
    const { ids, why } = await list();
    expect([[...ids], why]).toEqual([['id 0', 'id 1'], ['API_ANSWER_TOO_LARGE']]);
    expect(transport.requests.length).toBeLessThan(60);
    expect(clock.monotonic()).toBeGreaterThan(10_000);
  });

  it('R2 is reported louder the longer no reading can be trusted, and reported when one can', async () => {
    answer = ({ query }) => {
      if (clock.monotonic() > HOUR_MS) return page(['A'], null);
      return query.cursor === null ? page(['A'], 'x') : { json: {}, status: 410 };
    };
    while (clock.monotonic() < HOUR_MS) {
      expect((await list()).why).toEqual(['API_CURSOR_REFUSED']);
      clock.pass(5 * 60_000);
    }
    expect((await list()).why).toEqual([]);
    const levels = waits().map(({ level }) => level);
    expect([levels[0], levels.at(-1)]).toEqual(['info', 'error']);
    expect(levels.length).toBeLessThan(6);
    expect(events.at(-1)).toMatchObject({ type: 'recovered' });
  });

  it.each([
    ['answered 504', { json: {}, status: 504 }],
    ['failed after a minute', { json: {}, status: 500 }],
  ])('asks for fewer entries where a page %s, and for more again when pages are quick', async (what, late) => {
    let isSlow = true;
    answer = ({ query }) => {
      const [from, limit] = [Number(query.cursor ?? 0), Number(query.limit)];
      if (from >= 2_000) isSlow = false;
      if (isSlow && limit > 100) {
        if (what !== 'answered 504') clock.pass(60_000);
        return late;
      }
      const ids = Array.from({ length: Math.min(limit, 20_500 - from) }, (_, index) => `id ${from + index}`);
      return page(ids, from + limit < 20_500 ? String(from + limit) : null);
    };
    const { ids, why } = await list();
    expect([ids.size, why]).toEqual([20_500, []]);
    expect(limits().slice(0, 5)).toEqual([1000, 500, 250, 125, 62]);
    expect(limits().at(-1)).toBe(1000);
  });
});

function tooLarge(): ApiFault {
  return new ApiFault('API_ANSWER_TOO_LARGE', 'GET contacts/list answered more than 1 bytes.');
}

function page(ids: readonly string[], cursor: string | null): GivenAnswer {
  return { json: { results: ids.map((id) => ({ id, md5: 'm' })), cursor } };
}
