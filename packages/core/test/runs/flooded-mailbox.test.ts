import { expect, it } from 'vitest';
import type { StoreRequest } from '../../src/contract/index.js';
import type { RunEvent } from '../../src/observe/run-events.js';
import { answerRequests } from '../../src/runs/answer-requests.js';
import type { Session } from '../../src/runs/session.js';
import { answerWhole } from '../../src/runs/until-answered.js';

const HOUR_MS = 3_600_000;

interface Look {
  readonly limit: number;
  readonly maxBytes: number;
  readonly after?: string;
}

/** A session with this mailbox. Each call to the store takes a second. */
function startSession(mailbox: Map<string, StoreRequest>, onTake: () => void = () => {}) {
  let ms = 0;
  const events: RunEvent[] = [];
  const seen = { most: 0, takes: 0, mostBytes: 0 };
  const session = {
    settings: { delivery: null },
    context: { clock: { monotonic: () => ms } },
    claim: {},
    deadlines: { run: (_kind: string, _stop: unknown, call: (options: unknown) => unknown) => call({}) },
    store: {
      limits: { batchContacts: 10 },
      async takeRequests(_claim: unknown, { limit, maxBytes, after }: Look) {
        ms += 1_000;
        onTake();
        seen.takes += 1;
        const all = [...mailbox.values()];
        const behind = all.slice(all.findIndex(({ key }) => key === after) + 1).slice(0, limit);
        let bytes = 0;
        const taken = behind.filter((request, nr) => {
          bytes += JSON.stringify(request).length;
          return nr === 0 || bytes <= maxBytes;
        });
        seen.most = Math.max(seen.most, taken.length);
        seen.mostBytes = Math.max(seen.mostBytes, maxBytes);
        return taken;
      },
    },
    api: {
      now: () => Date.parse('2026-05-05T00:00:00.000Z'),
      async *inboundPages({ onPartial }: { readonly onPartial: () => void }) {
        onPartial();
        yield [];
      },
    },
    writer: {
      async write({ settled }: { readonly settled: readonly string[] }) {
        ms += 1_000;
        for (const key of settled) mailbox.delete(key);
      },
    },
    inboundOrder: { begin: () => ({ write: async () => {}, end: () => {} }) },
    tally: { totals: {} },
    observe: (event: RunEvent) => events.push(event),
  };
  const look = () => answerRequests(session as unknown as Session);
  return { session: session as unknown as Session, look, seen, events, pass: () => (ms += HOUR_MS) };
}

function mailboxOf(requests: readonly StoreRequest[]): Map<string, StoreRequest> {
  return new Map(requests.map((request) => [request.key, request]));
}

const unreadable = (nr: number): StoreRequest => ({ key: `odd-${nr}`, kind: 'unreadable' });
const drop = (key: string): StoreRequest => ({ key, kind: 'drop', deadLetterKey: `letter of ${key}` });

it('R36 an account that posts without end gets no more than a part of the memory and of the time', async () => {
  const mailbox = mailboxOf([]);
  let posted = 0;
  const post = () => {
    for (let nr = 0; nr < 500; nr += 1) mailbox.set(`odd-${posted}`, unreadable(posted++));
  };
  const { look, seen, events } = startSession(mailbox, post);
  await look();
  expect(seen.most).toBe(100);
  expect(seen.mostBytes).toBe(8 << 20);
  expect(seen.takes).toBeLessThan(60);
  expect(events.length).toBeLessThanOrEqual(seen.takes);
  expect(mailbox.size).toBe(posted - 100 * seen.takes);
});

it('R36 removes all rows that are no requests, and carries out those behind them', async () => {
  const mailbox = mailboxOf([
    ...Array.from({ length: 950 }, (_, nr) => unreadable(nr)),
    drop('behind'),
    unreadable(1_000),
  ]);
  const { look, events } = startSession(mailbox);
  await look();
  expect([...mailbox]).toEqual([]);
  expect(events[0]).toMatchObject({ code: 'REQUEST_UNREADABLE', message: expect.stringContaining('100 requests') });
  expect(events.length).toBe(10);
});

it('requests that cannot be done yet keep none behind them waiting', async () => {
  const calls = (nr: number): StoreRequest => {
    const [from, until] = ['2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z'];
    return { key: `calls-${nr}`, kind: 'refetch-calls', from, until };
  };
  const mailbox = mailboxOf([...Array.from({ length: 250 }, (_, nr) => calls(nr)), drop('behind')]);
  const { look } = startSession(mailbox);
  await look();
  expect([...mailbox.keys()].slice(-1)).toEqual(['calls-249']);
  expect(mailbox.size).toBe(250);
});

/** A request that stays, since the target of the session cannot forget. */
const forget = (nr: number, contactId = 'A1'): StoreRequest => {
  return { key: `forget-${nr}`, kind: 'forget', contactIds: [contactId] };
};

it('large requests that stay keep none behind them waiting', async () => {
  const large = 'x'.repeat(3_900_000);
  const mailbox = mailboxOf([forget(1, large), forget(2, large), forget(3, large), drop('behind')]);
  const { look, events } = startSession(mailbox);
  await look();
  expect([...mailbox.keys()]).toEqual(['forget-1', 'forget-2', 'forget-3']);
  expect(events.map((event) => 'code' in event && event.code)).toEqual(Array(3).fill('FORGET_FAILED'));
});

it('a call goes on where the time of the one before was over', async () => {
  const staying = Array.from({ length: 8_000 }, (_, nr) => forget(nr));
  const mailbox = mailboxOf([...staying, drop('behind')]);
  const { look } = startSession(mailbox);
  await look();
  expect(mailbox.has('behind')).toBe(true);
  mailbox.set('late', drop('late'));
  await look();
  expect([mailbox.has('behind'), mailbox.has('late')]).toEqual([false, false]);
  expect(mailbox.size).toBe(8_000);
});

it('a call that began behind some requests comes to those before them', async () => {
  const mailbox = mailboxOf(Array.from({ length: 6_500 }, (_, nr) => forget(nr)));
  const { look, events } = startSession(mailbox);
  await look();
  const first = events.length;
  await look();
  expect(first).toBeLessThan(6_500);
  expect(events.length).toBeGreaterThan(6_500);
});

it('a command that carries out requests itself comes to the end of a long mailbox', async () => {
  const mailbox = mailboxOf([...Array.from({ length: 9_000 }, (_, nr) => forget(nr)), drop('behind')]);
  const { session } = startSession(mailbox);
  await answerWhole(session);
  expect(mailbox.has('behind')).toBe(false);
});
