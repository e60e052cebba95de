import type { Clock } from '../concurrency/clock.js';
import { withDeadline } from '../concurrency/deadline.js';
import { type Claim, isSinkError, type StoreSink } from '../contract/index.js';
import { ClaimLost } from '../emit/claim-lost.js';

/** A claim that is kept alive until it is given back or lost. */
export interface Lease {
  /** Aborts, with a {@link ClaimLost}, when the claim is not ours any more. */
  readonly lost: AbortSignal;
  /** Stops the renewals; a claim that was not lost is released, so that the next process need not wait. */
  end(signal: AbortSignal): Promise<void>;
}

const RENEWALS_PER_LEASE = 3;

/**
 * Renews three times a lease by the real clock: what the database measures is real time. Where two renewals in a row fail
 * after the lease has run out, the claim is lost, so that nothing waits for ever on a connection that is dead. One alone
 * proves nothing: a process that was frozen wakes with its call overdue, and the next one tells who holds the stream.
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

/** A lock or a limit stood in the way; the next renewal comes before the lease has run out. */
function isPassing(error: unknown): boolean {
  return isSinkError(error) && error.verdict === 'retryable' && !error.connectionLost;
}

/** A release that fails costs the next process the rest of the lease, nothing else, and must not hide why work ended. */
function ignoreFailedRelease(): void {}
