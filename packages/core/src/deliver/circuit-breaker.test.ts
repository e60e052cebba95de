import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.js';

const HOUR_MS = 3_600_000;

function fail(breaker: CircuitBreaker, contactId: string, nowMs = 0, fault: 'message' | 'target' = 'message') {
  return breaker.failed({ contactId, fault, retryAfterMs: undefined }, nowMs);
}

function opened(nowMs = 0): CircuitBreaker {
  const breaker = createCircuitBreaker(true, () => 0.5);
  for (const contactId of 'abcde') fail(breaker, contactId, nowMs);
  return breaker;
}

describe('R31 the circuit breaker', () => {
  it('R31 opens on failures of 5 distinct contacts without a success between', () => {
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

  it('R31 spends nothing while it is open, and probes with another contact each time, less and less often', () => {
    const breaker = opened();
    expect([...(breaker.pause?.tried ?? [])]).toEqual(['a', 'b', 'c', 'd', 'e']);
    const pauses: number[] = [];
    let nowMs = 0;
    for (const contactId of ['f', 'g', 'h', 'i', 'j', 'k', 'l', 'm']) {
      nowMs = breaker.pause?.nextProbeMs ?? Number.NaN;
      breaker.probe(contactId);
      expect(breaker.pause?.isProbing).toBe(true);
      expect(fail(breaker, contactId, nowMs)).toBe(false);
      expect(breaker.pause?.tried.has(contactId)).toBe(true);
      pauses.push((breaker.pause?.nextProbeMs ?? 0) - nowMs);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    breaker.startOver();
    expect(breaker.pause?.tried.size).toBe(0);
  });

  it('R31 takes failures of what was under way when it opened for no probe', () => {
    const breaker = opened();
    const before = breaker.pause?.nextProbeMs;
    expect(fail(breaker, 'straggler', 200)).toBe(false);
    expect(breaker.pause).toMatchObject({ nextProbeMs: before, isProbing: false });
    expect(breaker.pause?.tried.has('straggler')).toBe(true);
  });

  it('R31 closes with the first success', () => {
    const breaker = opened();
    breaker.probe('f');
    breaker.accepted(5_000);
    expect(breaker.pause).toBeNull();
    expect(fail(breaker, 'a')).toBe(true);
  });

  it('R31 pauses on the first fault of a target that has never accepted anything', () => {
    const breaker = createCircuitBreaker(false);
    expect(fail(breaker, 'a', 0, 'message')).toBe(true);
    expect(fail(breaker, 'b', 0, 'target')).toBe(false);
    expect(breaker.pause).toMatchObject({ because: 'unproven' });
    breaker.refused(1);
    expect(breaker.pause).toBeNull();
    expect(fail(breaker, 'b', 2, 'target')).toBe(false);
    breaker.accepted(3);
    expect(fail(breaker, 'b', 4, 'target')).toBe(true);
  });

  it('leaves the target alone for as long as it asks, where the fault is its own', () => {
    const asking = (fault: 'message' | 'target') => {
      const breaker = createCircuitBreaker(false, () => 0);
      fail(breaker, 'a', 0, 'target');
      breaker.probe('b');
      breaker.failed({ contactId: 'b', fault, retryAfterMs: HOUR_MS }, 10);
      return breaker.pause?.nextProbeMs;
    };
    expect(asking('target')).toBe(HOUR_MS + 10);
    expect(asking('message')).toBe(510);
  });

  it('knows since when the target works', () => {
    const breaker = createCircuitBreaker(true, () => 0);
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
