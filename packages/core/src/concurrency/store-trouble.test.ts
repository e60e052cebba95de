import { expect, it } from 'vitest';
import { SinkError, type SinkErrorDetails } from '../contract/index.js';
import type { RunEvent } from '../observe/run-events.js';
import { createStoreTrouble } from './store-trouble.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NOT_COMMITTED = { verdict: 'retryable', outcome: 'not-committed' } as const;

function troubleOf() {
  let nowMs = 0;
  const events: RunEvent[] = [];
  const clock = { now: () => nowMs, monotonic: () => nowMs, sleep: async () => {} };
  const trouble = createStoreTrouble(clock, (event) => void events.push(event));
  const pass = (ms: number) => {
    nowMs += ms;
  };
  const reported = () =>
    events.flatMap((event) => {
      if (event.type === 'waiting') return [event.level];
      return event.type === 'recovered' ? [event.type] : [];
    });
  return { trouble, pass, reported, events };
}

function failure(details: Partial<SinkErrorDetails> = {}): SinkError {
  return new SinkError('TEST_FAILED', 'no such thing', { ...NOT_COMMITTED, ...details });
}

const unknown = failure({ isUnclassified: true });
const lost = failure({ outcome: 'unknown', connectionLost: true });

it('R34 grows louder while the same work fails, whatever else succeeds between', () => {
  const { trouble, pass, reported } = troubleOf();
  for (let second = 0; second <= 601; second += 1) {
    trouble.succeeded(['claim'], false);
    trouble.failed(['contact A'], lost);
    trouble.succeeded(['write'], true);
    pass(SECOND);
  }
  expect(reported()).toEqual(['info', 'warn', 'error']);
});

it('R34 tells of the end of a wait once the work that failed was done, and not after a claim', () => {
  const { trouble, pass, reported, events } = troubleOf();
  trouble.failed(['claim'], lost);
  pass(2 * SECOND);
  trouble.succeeded(['claim'], false);
  expect(reported()).toEqual(['info']);
  pass(SECOND);
  trouble.succeeded(['write'], true);
  expect(events.at(-1)).toMatchObject({ type: 'recovered', for: 'store', afterMs: 3 * SECOND });
});

it('R34 logs one lost deadlock for detail only, and a lock that lasts aloud', () => {
  const { trouble, pass, reported } = troubleOf();
  trouble.failed(['contact A'], failure());
  trouble.succeeded(['contact A'], true);
  expect(reported()).toEqual(['debug']);
  for (let second = 0; second <= 60; second += 1) {
    trouble.failed(['contact A'], failure());
    pass(SECOND);
  }
  trouble.succeeded(['contact A'], true);
  expect(reported()).toEqual(['debug', 'debug', 'info', 'warn', 'recovered']);
});

it('R34 warns of a full disk at once', () => {
  const { trouble, reported } = troubleOf();
  trouble.failed(['contact A'], failure({ isOutOfSpace: true }));
  expect(reported()).toEqual(['warn']);
});

it('R34 warns of an unclassified error with its code and text at its second time, and ends the run after ten minutes', () => {
  const { trouble, pass, events } = troubleOf();
  trouble.failed(['contact A'], unknown);
  expect(events).toMatchObject([{ level: 'debug' }]);
  pass(SECOND);
  trouble.failed(['contact A'], unknown);
  expect(events[1]).toMatchObject({ type: 'waiting', level: 'warn', code: 'TEST_FAILED', attempt: 2 });
  expect(events[1]).toMatchObject({ message: expect.stringContaining('no such thing. dbsync does not know') });
  for (let minute = 1; minute < 10; minute += 1) {
    pass(MINUTE);
    trouble.failed(['contact A'], unknown);
    trouble.succeeded(['write'], true);
  }
  pass(MINUTE);
  const end = expect.objectContaining({ code: 'STORE_ERROR_LASTS', exit: 3, cause: unknown });
  expect(() => trouble.failed(['contact A'], unknown)).toThrow(end);
});

it.each([
  ['a plain error', new Error('boom'), 'STORE_FAILED'],
  ['a text', 'boom', 'STORE_FAILED'],
])('R34 takes %s for unclassified', (_, thrown, code) => {
  const { trouble, pass, events } = troubleOf();
  trouble.failed(['write'], thrown);
  trouble.failed(['write'], thrown);
  expect(events.at(-1)).toMatchObject({ level: 'warn', code });
  pass(10 * MINUTE);
  expect(() => trouble.failed(['write'], thrown)).toThrow(`${code}: boom`);
});

it.each<readonly [string, SinkErrorDetails]>([
  ['a lost connection', { ...NOT_COMMITTED, connectionLost: true }],
  ['a full disk', { ...NOT_COMMITTED, isOutOfSpace: true }],
  ['a lock', NOT_COMMITTED],
  ['a lost claim', { verdict: 'fenced', outcome: 'not-committed' }],
])('R34 never ends the run for %s', (_, details) => {
  const { trouble, pass, reported } = troubleOf();
  for (let minute = 0; minute <= 180; minute += 1) {
    trouble.failed(['contact A'], new SinkError('TEST_KNOWN', 'known', details));
    pass(MINUTE);
  }
  expect(reported().slice(-2)).toEqual(['error', 'error']);
});

it('R34 does not count the time of an outage between two unclassified errors', () => {
  const { trouble, pass } = troubleOf();
  for (let time = 0; time < 5; time += 1) {
    expect(() => trouble.failed(['contact A'], unknown)).not.toThrow();
    pass(SECOND);
    trouble.failed(['claim'], lost);
    pass(60 * MINUTE);
  }
});

it('R34 begins again once the work was done', () => {
  const { trouble, pass } = troubleOf();
  for (let minute = 0; minute <= 120; minute += 1) {
    expect(() => trouble.failed(['contact A', 'contact B'], unknown)).not.toThrow();
    expect(() => trouble.failed(['contact B'], unknown)).not.toThrow();
    trouble.succeeded(['contact B', 'contact A'], true);
    pass(MINUTE);
  }
});

it('ends a wait where the work is not tried again, and nothing else has failed for a while', () => {
  const { trouble, pass, reported } = troubleOf();
  trouble.failed(['contact A'], lost);
  trouble.succeeded(['write'], true);
  expect(reported()).toEqual(['info']);
  pass(6 * MINUTE);
  trouble.succeeded(['write'], true);
  expect(reported()).toEqual(['info', 'recovered']);
});
