import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenBucket, type SendingRate, type TokenBucket } from './token-bucket.js';

/** The time when each request left, and when it was answered. */
interface Traffic {
  readonly left: number;
  readonly answered: number;
}

const rate: fc.Arbitrary<SendingRate> = fc.record({
  perSecond: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.1, max: 20, noNaN: true })),
  burst: fc.integer({ min: 1, max: 40 }),
});

describe('R33 the token bucket', () => {
  it('R33 lets never more than the burst arrive in any second, nor 60 times the rate and the burst in any minute', () => {
    const options = fc.array(
      fc.record({ idleMs: fc.constantFrom(0, 0, 0, 0, 0, 1, 400, 30_000), tookMs: fc.nat(1_000) }),
      {
        minLength: 1,
        maxLength: 150,
      },
    );
    fc.assert(
      fc.property(
        rate,
        options,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (given, requests, parts) => {
          const traffic = sendAll(createTokenBucket(given), requests);
          expect(traffic).toHaveLength(requests.length);
          const arrivals = traffic.map(({ left, answered }) => left + parts.next().value * (answered - left));
          expect(mostWithin(arrivals, 1_000)).toBeLessThanOrEqual(given.burst);
          expect(mostWithin(arrivals, 60_000)).toBeLessThanOrEqual(60 * given.perSecond + given.burst);
        },
      ),
    );
  });

  it('R33 holds the two bounds of --wr 5 --wb 10 over minutes, and comes close to them', () => {
    const traffic = sendAll(
      createTokenBucket({ perSecond: 5, burst: 10 }),
      Array.from({ length: 900 }, () => ({ idleMs: 0, tookMs: 20 })),
    );
    const left = traffic.map((request) => request.left);
    expect(mostWithin(left, 1_000)).toBe(10);
    expect(mostWithin(left, 60_000)).toBeLessThanOrEqual(310);
    expect(mostWithin(left, 60_000)).toBeGreaterThan(300);
    expect(mostWithin(left, 10_000)).toBeLessThanOrEqual(60);
    expect(left.at(-1)).toBeLessThan(180_500);
  });

  it('R33 counts a request from when it may have arrived last', () => {
    const bucket = createTokenBucket({ perSecond: 5, burst: 10 });
    const traffic = sendAll(
      bucket,
      Array.from({ length: 400 }, (_, nr) => ({ idleMs: 0, tookMs: nr < 10 ? 900 : 0 })),
    );
    const arrivals = traffic.map(({ answered }) => answered);
    expect(mostWithin(arrivals, 1_000)).toBe(10);
    expect(mostWithin(arrivals, 60_000)).toBeLessThanOrEqual(310);
  });

  it('keeps up its rate while the target is slow', () => {
    const traffic = sendAll(
      createTokenBucket({ perSecond: 5, burst: 10 }),
      Array.from({ length: 200 }, () => ({ idleMs: 0, tookMs: 30_000 })),
    );
    expect(traffic.at(-1)?.left).toBeLessThan(45_000);
  });

  it('lets everything through where there is no rate', () => {
    const bucket = createTokenBucket(null);
    bucket.spend(0)(1);
    expect(bucket.available(0)).toBe(Number.POSITIVE_INFINITY);
    expect(bucket.waitMs(0)).toBe(0);
  });
});

/**
 * Sends each message as soon as it may, after some time without one; waits for the time that the bucket returns, and
 * gets an answer after its time.
 */
function sendAll(
  bucket: TokenBucket,
  requests: readonly { readonly idleMs: number; readonly tookMs: number }[],
): readonly Traffic[] {
  let nowMs = 1_000;
  const due: { readonly atMs: number; readonly answered: (nowMs: number) => void }[] = [];
  const passTo = (untilMs: number) => {
    due.sort((a, b) => a.atMs - b.atMs);
    for (let first = due[0]; first && first.atMs <= untilMs; first = due[0]) {
      due.shift();
      first.answered(first.atMs);
    }
    nowMs = untilMs;
  };
  return requests.map(({ idleMs, tookMs }) => {
    passTo(nowMs + idleMs);
    for (let waitMs = bucket.waitMs(nowMs); waitMs > 0; waitMs = bucket.waitMs(nowMs)) passTo(nowMs + waitMs);
    expect(bucket.available(nowMs)).toBeGreaterThan(0);
    due.push({ atMs: nowMs + tookMs, answered: bucket.spend(nowMs) });
    return { left: nowMs, answered: nowMs + tookMs };
  });
}

function mostWithin(instants: readonly number[], spanMs: number): number {
  const sorted = [...instants].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [last, instant] of sorted.entries()) {
    while (instant - (sorted[first] ?? 0) > spanMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
