import type { Clock } from '../concurrency/clock.js';
import { withDeadline } from '../concurrency/deadline.js';
import { type Claim, isSinkError, type StoreSink } from '../contract/index.js';
import { ClaimLost } from '../emit/claim-lost.js';

/** A claim that is renewed until it is released or lost. */
export interface Lease {
  /** Aborts with a {@link ClaimLost} when this process has lost the claim. */
  readonly lost: AbortSignal;
  /** Stops the renewals. A claim that was not lost is released, so that the next process need not wait. */
  end(signal: AbortSignal): Promise<void>;
}

const RENEWALS_PER_LEASE = 3;

/**
 * Renews the lease three times in its length, by the real clock, since the database measures real time. If two renewals
 * in a row fail after the lease has run out, the claim is lost, so that no work waits without end on a dead connection.
 * One failed renewal proves nothing: a process that was frozen wakes with its call overdue, and the next renewal shows
 * who holds the stream.
 */
export function keepLease(store: StoreSink, claim: Claim, clock: Clock): Lease {
  const lost = new AbortController();
  const ended = new AbortController();
  const loop = renewUntilEnded();

  async function renewUntilEnded(): Promise<void> {
    let renewedMs = clock.monotonic();
    let wasLate = false;
    while (!ended.signal.aborted) {
      try {
        await clock.sleep(claim.leaseMs / RENEWALS_PER_LEASE, ended.signal);
        const askedMs = clock.monotonic();
        await withDeadline(clock, claim.leaseMs, ended.signal, (options) => store.renew(claim, options));
        renewedMs = askedMs;
        wasLate = false;
      } catch (error) {
        if (ended.signal.aborted) return;
        const isLate = clock.monotonic() - renewedMs >= claim.leaseMs;
        if (isPassing(error) && !(isLate && wasLate)) {
          wasLate = isLate;
          continue;
        }
        lost.abort(new ClaimLost(error));
        return;
      }
    }
  }

  return {
    lost: lost.signal,
    async end(signal) {
      ended.abort();
      await loop;
      if (lost.signal.aborted) return;
      await withDeadline(clock, claim.leaseMs, signal, (call) => store.release(claim, call)).catch(ignoreFailedRelease);
    },
  };
}

/** Returns true if a lock or a limit caused the failure: the next renewal comes before the lease has run out. */
function isPassing(error: unknown): boolean {
  return isSinkError(error) && error.verdict === 'retryable' && !error.connectionLost;
}

/**
 * Ignores a failed release. The next process then waits for the rest of the lease; the error must not hide why work
 * ended.
 */
function ignoreFailedRelease(): void {}
