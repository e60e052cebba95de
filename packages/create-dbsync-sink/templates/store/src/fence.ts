import { type Claim, type LeaseHolder, SinkError } from '@dbsync/core/contract';
import { type Database, nowMs, type StreamData, streamOf } from './database.ts';

/** The fence of one sink: it keeps how many beats are certainly committed under each of its claims. */
export interface Fence {
  /** Notes the beats of a claim that was just granted. */
  granted(claim: Claim): void;
  /** Throws `fenced` unless the claim is still the newest. Call it in the transaction that changes something. */
  check(claim: Claim): void;
  /** Prolongs the lease and adds a beat, in the same transaction. */
  renew(claim: Claim): void;
}

export function createFence(database: Database): Fence {
  const beatsSeen = new Map<string, number>();
  const remember = (claim: Claim) => beatsSeen.set(claim.holder, streamOf(database, claim.stream).beats);
  return {
    granted: remember,
    check: (claim) => {
      const { lease, epoch, beats } = streamOf(database, claim.stream);
      const isHeld = lease?.holder === claim.holder && epoch === claim.epoch;
      if (isHeld && beats >= (beatsSeen.get(claim.holder) ?? 0)) return;
      const message = isHeld
        ? `The database was set back to an earlier state of stream ${claim.stream}.`
        : `Stream ${claim.stream} is at epoch ${epoch}, and the claim has ${claim.epoch}.`;
      throw new SinkError('EXAMPLE_FENCED', message, { verdict: 'fenced', outcome: 'not-committed' });
    },
    renew: (claim) => {
      const state = streamOf(database, claim.stream);
      if (state.lease !== null) state.lease = { ...state.lease, endsAtMs: nowMs() + claim.leaseMs };
      state.beats += 1;
      remember(claim);
    },
  };
}

/** Returns the holder of a stream; null where the lease has expired. */
export function holderOf({ lease, beats }: StreamData): LeaseHolder | null {
  if (lease === null) return null;
  const { endsAtMs, ...holder } = lease;
  const expiresInMs = endsAtMs - nowMs();
  return expiresInMs > 0 ? { ...holder, beats: String(beats), expiresInMs } : null;
}
