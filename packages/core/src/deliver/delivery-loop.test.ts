import { describe, expect, it } from 'vitest';
import { startBench } from '../../../../test/harness/delivery-bench.ts';
import { SinkError, type Verdict } from '../contract/index.js';
import { parseAttemptSchedule } from './attempt-schedule.js';
import { createTokenBucket } from './token-bucket.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const accepted: Verdict = { verdict: 'accepted' };
const failed: Verdict = { verdict: 'retry', reason: 'HTTP 500', answer: 'oops', fault: 'message' };

describe('the delivery loop', () => {
  it('R24 sends nothing that is not marked as attempted', async () => {
    const bench = startBench();
    bench.onDeliver = ({ id }) => {
      expect(bench.queue.taken.has(id)).toBe(true);
      return accepted;
    };
    for (let nr = 0; nr < 100; nr += 1) bench.queue.add(`C${nr % 30}`);
    await bench.clock.pass(SECOND_MS);
    expect(bench.sent).toHaveLength(100);
    expect(bench.queue.taken.size).toBe(0);
  });

  it('R24 sends nothing where the mark cannot be committed, and ends with what stands in the way', async () => {
    const bench = startBench();
    bench.queue.fence(2n);
    bench.queue.add('A');
    bench.loop.wake();
    await expect(bench.ended).rejects.toMatchObject({ code: 'TEST_FENCED' });
    expect(bench.sent).toEqual([]);
  });

  it('sends to many contacts at a time, and to each in order', async () => {
    const bench = startBench({ concurrency: 4 });
    let [underWay, most] = [0, 0];
    bench.onDeliver = async () => {
      most = Math.max(most, ++underWay);
      await bench.clock.sleep(100, NEVER);
      underWay -= 1;
      return accepted;
    };
    const ids = Array.from({ length: 60 }, (_, nr) => bench.queue.add(`C${nr % 6}`));
    await bench.clock.pass(10 * SECOND_MS);
    expect(most).toBe(4);
    for (let contact = 0; contact < 6; contact += 1) {
      const ofContact = bench.sent.filter(({ contactId }) => contactId === `C${contact}`).map(({ id }) => id);
      expect(ofContact).toEqual(ids.filter((_, nr) => nr % 6 === contact));
    }
    expect(Math.max(...bench.queue.commits)).toBe(4);
  });

  it('tries again by the schedule with the same id, and gives up after ten attempts', async () => {
    const bench = startBench();
    const [first, second] = [bench.queue.add('A'), bench.queue.add('A')];
    bench.onDeliver = ({ id }) => (id === first ? failed : accepted);
    await bench.clock.pass(74 * HOUR_MS);
    expect(bench.sent.map(({ id, attempt }) => [id, attempt])).toEqual(
      Array.from({ length: 9 }, (_, nr) => [first, nr + 1]),
    );
    await bench.clock.pass(2 * HOUR_MS);
    expect(bench.sent.slice(9).map(({ id, attempt }) => [id, attempt])).toEqual([
      [first, 10],
      [second, 1],
    ]);
    expect(bench.outcomeOf(first)).toMatchObject({
      outcome: 'dead',
      code: 'DELIVERY_EXHAUSTED',
      failure: { reason: 'HTTP 500', answer: 'oops' },
    });
    expect(bench.events.filter(({ type }) => type === 'dead-letter')).toMatchObject([
      { kind: 'message', contactId: 'A', code: 'DELIVERY_EXHAUSTED', reason: 'HTTP 500' },
    ]);
  });

  it('waits for as long as the target asks, if that is longer than the schedule, but not for over a day', async () => {
    const bench = startBench({ schedule: parseAttemptSchedule('10s') });
    const sentAfter: number[] = [];
    const asked = [2 * SECOND_MS, HOUR_MS, 10 * 24 * HOUR_MS];
    const begin = bench.clock.monotonic();
    bench.onDeliver = ({ attempt }) => {
      sentAfter.push(bench.clock.monotonic() - begin - sentAfter.reduce((sum, ms) => sum + ms, 0));
      const retryAfterMs = asked[attempt - 1];
      return retryAfterMs === undefined ? accepted : { ...failed, retryAfterMs };
    };
    bench.queue.add('A');
    await bench.clock.pass(30 * HOUR_MS);
    expect(sentAfter).toEqual([0, 10 * SECOND_MS, HOUR_MS, 24 * HOUR_MS]);
  });

  it('R33 gives a contact 75 hours from its first failure: what fails after them is given up at once', async () => {
    const bench = startBench();
    bench.onDeliver = ({ contactId }) => (contactId === 'dead' ? failed : accepted);
    const ids = Array.from({ length: 4 }, () => bench.queue.add('dead'));
    const others = setUpTraffic(bench);
    await bench.clock.pass(80 * HOUR_MS);
    others.end();
    expect(bench.sent.filter(({ contactId }) => contactId === 'dead')).toHaveLength(13);
    expect(ids.map((id) => bench.outcomeOf(id)?.outcome)).toEqual(['dead', 'dead', 'dead', 'dead']);
  });

  it('gives up at once what is refused for good', async () => {
    const bench = startBench();
    bench.onDeliver = () => ({ verdict: 'refused', reason: 'too large', answer: 'max 1 MB' });
    const id = bench.queue.add('A');
    await bench.clock.pass(1);
    expect(bench.outcomeOf(id)).toMatchObject({ outcome: 'dead', code: 'DELIVERY_REFUSED' });
  });

  it('tries again what a throw was the answer to', async () => {
    const bench = startBench({ schedule: parseAttemptSchedule('1s') });
    const thrown = [new TypeError('x of undefined'), retryable({ connectionLost: true }), 'text'];
    bench.onDeliver = ({ attempt }) => {
      if (attempt <= thrown.length) throw thrown[attempt - 1];
      return accepted;
    };
    const id = bench.queue.add('A');
    await bench.clock.pass(10 * SECOND_MS);
    expect(bench.queue.settled.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'accepted']);
    expect(bench.queue.settled[0]).toMatchObject({ id, failure: { reason: 'x of undefined', answer: '' } });
  });

  it('sleeps while nothing is due, and wakes when something is committed', async () => {
    const bench = startBench();
    await bench.clock.pass(24 * HOUR_MS);
    expect(bench.takes()).toBeLessThan(24 * 60 + 10);
    bench.queue.add('A', bench.clock.now());
    bench.loop.wake();
    await bench.clock.pass(0);
    expect(bench.sent).toHaveLength(1);
  });

  it('repeats a commit that left nothing behind', async () => {
    const bench = startBench();
    bench.failNextCommits(retryable({}), retryable({}));
    const id = bench.queue.add('A');
    await bench.clock.pass(MINUTE_MS);
    expect(bench.outcomeOf(id)).toMatchObject({ outcome: 'accepted' });
    expect(bench.sent).toHaveLength(1);
  });

  it('ends where the outcome of a commit is unknown', async () => {
    const bench = startBench();
    bench.failNextCommits(retryable({ outcome: 'unknown' }));
    bench.queue.add('A');
    bench.loop.wake();
    await expect(bench.ended).rejects.toMatchObject({ code: 'TEST_BUSY', outcome: 'unknown' });
  });
});

it('no contact is late because the events of another one are refused for an hour', async () => {
  const bench = startBench({ concurrency: 8 });
  const late: number[] = [];
  const queuedMs = new Map<string, number>();
  const begin = bench.clock.monotonic();
  bench.onDeliver = async ({ contactId, id }) => {
    await bench.clock.sleep(50, NEVER);
    if (contactId === 'refused' && bench.clock.monotonic() - begin < HOUR_MS) return failed;
    if (contactId !== 'refused') late.push(bench.clock.monotonic() - (queuedMs.get(id) ?? 0));
    return accepted;
  };
  const refused: string[] = [];
  for (let minute = 0; minute < 90; minute += 1) {
    refused.push(bench.queue.add('refused', bench.clock.now()));
    for (let nr = 0; nr < 8; nr += 1) {
      queuedMs.set(bench.queue.add(`C${(minute + nr) % 20}`, bench.clock.now()), bench.clock.monotonic());
    }
    bench.loop.wake();
    await bench.clock.pass(MINUTE_MS);
  }
  expect(late).toHaveLength(90 * 8);
  expect(Math.max(...late)).toBeLessThanOrEqual(100);
  await bench.clock.pass(4 * HOUR_MS);
  const order = bench.queue.settled.filter(({ id, outcome }) => refused.includes(id) && outcome === 'accepted');
  expect(order.map(({ id }) => id)).toEqual(refused);
});

it('R33 holds the rate, and drops nothing', async () => {
  const bench = startBench({ bucket: createTokenBucket({ perSecond: 5, burst: 10 }) });
  const sentMs: number[] = [];
  bench.onDeliver = async () => {
    sentMs.push(bench.clock.monotonic());
    await bench.clock.sleep(30, NEVER);
    return accepted;
  };
  for (let nr = 0; nr < 400; nr += 1) bench.queue.add(`C${nr % 50}`);
  await bench.clock.pass(2 * MINUTE_MS);
  expect(sentMs).toHaveLength(400);
  for (const from of sentMs) {
    expect(sentMs.filter((at) => at >= from && at < from + SECOND_MS).length).toBeLessThanOrEqual(10);
    expect(sentMs.filter((at) => at >= from && at < from + MINUTE_MS).length).toBeLessThanOrEqual(310);
  }
});

it('tells once a minute how it goes', async () => {
  const bench = startBench();
  bench.onDeliver = ({ contactId }) => (contactId === 'A' ? failed : accepted);
  for (const contactId of ['A', 'A', 'B', 'C']) bench.queue.add(contactId, bench.clock.now());
  await bench.clock.pass(2 * MINUTE_MS);
  const [reported] = bench.events.filter(({ type }) => type === 'backlog');
  expect(reported).toMatchObject({
    messages: 2,
    contacts: 1,
    ended: { accepted: 2, failed: 2, postponed: 0, dead: 0 },
  });
});

const NEVER = new AbortController().signal;

/** Contacts that are delivered to every ten minutes, so that the target is seen to work. */
function setUpTraffic(bench: ReturnType<typeof startBench>): { end(): void } {
  const ended = new AbortController();
  const send = async () => {
    for (let nr = 0; ; nr += 1) {
      bench.queue.add(`T${nr % 5}`, bench.clock.now());
      bench.loop.wake();
      await bench.clock.sleep(10 * MINUTE_MS, ended.signal);
    }
  };
  send().catch(() => {});
  return { end: () => ended.abort() };
}

function retryable(details: Partial<SinkError>): SinkError {
  const { outcome = 'not-committed', connectionLost = false } = details;
  return new SinkError('TEST_BUSY', 'Busy.', { verdict: 'retryable', outcome, connectionLost });
}
