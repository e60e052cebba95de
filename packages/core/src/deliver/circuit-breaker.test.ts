import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.js';
import type { AttemptFailure } from './target-evidence.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function fail(breaker: CircuitBreaker, contactId: string, nowMs = 0, more: Partial<AttemptFailure> = {}) {
  const failure = { kind: 'target', isOfSetup: false, retryAfterMs: undefined, failingSinceMs: null } as const;
  return breaker.failed({ contactId, ...failure, ...more }, nowMs);
}

const message = { kind: 'message' } as const;
const gone = { kind: 'gone' } as const;
const refused = { kind: 'refused' } as const;

function opened(nowMs = 0, more: Partial<AttemptFailure> = {}): CircuitBreaker {
  const breaker = createCircuitBreaker(true);
  for (const contactId of 'abcde') fail(breaker, contactId, nowMs, more);
  return breaker;
}

/** Has sent the probe that was due, to this contact. Returns when. */
function probed(breaker: CircuitBreaker, contactId: string): number {
  const nowMs = breaker.pause?.nextProbeMs ?? Number.NaN;
  breaker.probe(contactId);
  return nowMs;
}

/** Gives only answers about messages, for longer than ten minutes. */
function refusing(): CircuitBreaker {
  const breaker = createCircuitBreaker(true);
  breaker.accepted(0);
  for (const [nr, contactId] of [...'abcdef'].entries()) fail(breaker, contactId, 1 + nr * 2 * MINUTE_MS, message);
  return breaker;
}

describe('R31 the circuit breaker', () => {
  it('R31 opens on faults of the target with 5 distinct contacts without a success between', () => {
    const breaker = createCircuitBreaker(true);
    expect(['a', 'b', 'c', 'd', 'd', 'a'].map((contactId) => fail(breaker, contactId))).not.toContain(false);
    expect(breaker.pause).toBeNull();
    expect(fail(breaker, 'e')).toBe(false);
    expect(breaker.pause).toMatchObject({ because: 'down', isProbing: false });
  });

  it('R31 stays closed whatever fails of four contacts, and of many with a success between', () => {
    const step = fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), fc.constant(null));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const breaker = createCircuitBreaker(true);
        for (const contactId of steps) {
          if (contactId === null) breaker.accepted(0);
          else expect(fail(breaker, contactId)).toBe(true);
        }
        for (const contactId of ['x1', 'x2', 'x3', 'x4', 'x5', 'x6', 'x7']) {
          breaker.accepted(0);
          expect(fail(breaker, contactId)).toBe(true);
        }
        expect(breaker.pause).toBeNull();
      }),
    );
  });

  it('R31 stays closed on answers about messages, of however many contacts, as long as one is accepted in 10 minutes', () => {
    const breaker = createCircuitBreaker(true);
    for (let minute = 0; minute < 600; minute += 1) {
      for (let nr = 0; nr < 20; nr += 1) {
        expect(fail(breaker, `${minute} ${nr}`, minute * MINUTE_MS, nr % 2 ? message : refused)).toBe(true);
      }
      if (minute % 9 === 0) breaker.accepted(minute * MINUTE_MS);
    }
    expect(breaker.pause).toBeNull();
  });

  it('R31 opens on answers about messages of 5 contacts when nothing was accepted for 10 minutes', () => {
    const breaker = createCircuitBreaker(true);
    breaker.accepted(0);
    for (const contactId of 'abcdefgh') expect(fail(breaker, contactId, 1, message)).toBe(true);
    expect(fail(breaker, 'i', 10 * MINUTE_MS, message)).toBe(true);
    expect(fail(breaker, 'j', 10 * MINUTE_MS + 1, message)).toBe(false);
    expect(breaker.pause).toMatchObject({ because: 'refusing' });
  });

  it('R31 takes the failures of a contact that failed while others were accepted for no sign about the target', () => {
    const breaker = createCircuitBreaker(true);
    breaker.accepted(5);
    for (let minute = 1; minute < 60; minute += 1) {
      const failure = { ...message, failingSinceMs: 4 };
      expect(fail(breaker, `old ${minute}`, minute * MINUTE_MS, failure)).toBe(true);
    }
    expect(breaker.pause).toBeNull();
  });

  it('R31 spends nothing while it is open, and probes another contact each time, once a minute', () => {
    const breaker = opened();
    expect([...(breaker.pause?.tried ?? [])]).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const [nr, contactId] of ['f', 'g', 'h', 'i', 'j', 'k', 'l', 'm'].entries()) {
      const nowMs = probed(breaker, contactId);
      expect(nowMs).toBe((nr + 1) * MINUTE_MS);
      expect(breaker.pause?.isProbing).toBe(true);
      expect(fail(breaker, contactId, nowMs)).toBe(false);
      expect(breaker.pause?.tried.has(contactId)).toBe(true);
    }
    breaker.startOver();
    expect(breaker.pause?.tried.size).toBe(0);
  });

  it('R31 takes failures of what was under way when it opened for no probe', () => {
    const breaker = opened();
    const before = breaker.pause?.nextProbeMs;
    expect(fail(breaker, 'straggler', 200)).toBe(false);
    expect(fail(breaker, 'another', 200, message)).toBe(false);
    expect(breaker.pause).toMatchObject({ nextProbeMs: before, isProbing: false });
    expect(breaker.pause?.tried.has('straggler')).toBe(true);
  });

  it('R31 closes with the first success', () => {
    const breaker = opened();
    probed(breaker, 'f');
    breaker.accepted(5_000);
    expect(breaker.pause).toBeNull();
    expect(fail(breaker, 'a')).toBe(true);
  });

  it('R31 closes after an outage when the target answers a probe, though about the message only', () => {
    const breaker = opened();
    const nowMs = probed(breaker, 'f');
    expect(fail(breaker, 'f', nowMs, message)).toBe(true);
    expect(breaker.pause).toBeNull();
    for (const contactId of 'ghijkl') expect(fail(breaker, contactId, nowMs + 9 * MINUTE_MS, message)).toBe(true);
    expect(fail(breaker, 'm', nowMs + 10 * MINUTE_MS, message)).toBe(false);
  });

  it('R31 stays open while every probe is answered about its message, and gives up what is refused for good', () => {
    const breaker = refusing();
    expect(breaker.pause).toMatchObject({ because: 'refusing' });
    expect(fail(breaker, 'g', probed(breaker, 'g'), message)).toBe(false);
    expect(fail(breaker, 'h', probed(breaker, 'h'), refused)).toBe(true);
    expect(breaker.pause).toMatchObject({ because: 'refusing', isProbing: false });
    breaker.accepted(HOUR_MS);
    expect(breaker.pause).toBeNull();
  });

  it('R31 takes 410 for an answer about its contact, and for the end of the target from five contacts in a row', () => {
    const breaker = createCircuitBreaker(true);
    for (const contactId of ['a', 'b', 'c', 'd', 'a', 'b']) expect(fail(breaker, contactId, 0, gone)).toBe(true);
    breaker.accepted(0);
    for (const contactId of ['a', 'b', 'c', 'd']) expect(fail(breaker, contactId, 0, gone)).toBe(true);
    fail(breaker, 'x', 0, message);
    for (const contactId of ['a', 'b', 'c', 'd']) expect(fail(breaker, contactId, 0, gone)).toBe(true);
    expect(breaker.pause).toBeNull();
    expect(fail(breaker, 'e', 0, gone)).toBe(false);
    expect(breaker.pause).toMatchObject({ because: 'gone' });
    expect(fail(breaker, 'f', probed(breaker, 'f'), gone)).toBe(false);
    expect(fail(breaker, 'g', probed(breaker, 'g'), message)).toBe(true);
    expect(breaker.pause).toBeNull();
  });

  it.each([
    ['no connection', { kind: 'target' }],
    ['404', { kind: 'message', isOfSetup: true }],
    ['404 that is refused for good', { kind: 'refused', isOfSetup: true }],
    ['410', { kind: 'gone' }],
  ] as const)('R31 pauses on the first %s of a target that has never accepted anything', (_, failure) => {
    const breaker = createCircuitBreaker(false);
    expect(fail(breaker, 'a', 0, message)).toBe(true);
    expect(fail(breaker, 'b', 0, refused)).toBe(true);
    expect(fail(breaker, 'c', 0, failure)).toBe(false);
    expect(breaker.pause).toMatchObject({ because: 'unproven' });
    expect(fail(breaker, 'd', probed(breaker, 'd'), failure)).toBe(false);
    breaker.accepted(3);
    expect(fail(breaker, 'c', 4, failure)).toBe(true);
  });

  it('R31 a Retry-After holds the target for 5 minutes at most, and for a minute at least', () => {
    const nextAfter = (retryAfterMs: number) => {
      const { pause } = opened(0, { retryAfterMs });
      return [pause?.nextProbeMs, pause?.latestProbeMs];
    };
    expect(nextAfter(24 * HOUR_MS)).toEqual([5 * MINUTE_MS, 5 * MINUTE_MS]);
    expect(nextAfter(2 * MINUTE_MS)).toEqual([2 * MINUTE_MS, 5 * MINUTE_MS]);
    expect(nextAfter(1_000)).toEqual([MINUTE_MS, 5 * MINUTE_MS]);
  });

  it('knows since when the target works', () => {
    const breaker = createCircuitBreaker(true);
    expect(breaker.upForMs(5)).toBe(0);
    breaker.accepted(5);
    expect(breaker.upForMs(5)).toBe(Number.POSITIVE_INFINITY);
    for (const contactId of 'abcde') fail(breaker, contactId, 10);
    expect(breaker.upForMs(20)).toBe(0);
    breaker.probe('f');
    breaker.accepted(30);
    breaker.accepted(40);
    expect(breaker.upForMs(50)).toBe(20);
  });

  it('remembers a bounded number of contacts', () => {
    const breaker = opened();
    for (let nr = 0; nr < 3_000; nr += 1) fail(breaker, `straggler ${nr}`);
    expect(breaker.pause?.tried.size).toBeLessThanOrEqual(1_000);
  });
});
