import type { Claim, Stream } from '@dbsync/core/contract';

/**
 * A lower bound on how many claims, renewals and writes a stream has counted (`sync_state.writes`) while a claim of
 * this sink is its newest: the count at the grant, and one more for each call under the claim that is known to have
 * committed. A database that counts fewer was set back to an earlier state (R10).
 */
export interface CommittedWrites {
  granted(claim: Claim, writes: bigint): void;
  /** Counts a renewal or a write under the claim that has certainly committed. */
  committed(claim: Claim): void;
  /** Returns the bound; 0 for a claim that is not the last one that this sink granted. */
  atLeast(claim: Claim): bigint;
}

export function createCommittedWrites(): CommittedWrites {
  const streams = new Map<Stream, { readonly holder: string; writes: bigint }>();
  const find = ({ stream, holder }: Claim) => {
    const newest = streams.get(stream);
    return newest?.holder === holder ? newest : undefined;
  };
  return {
    granted: ({ stream, holder }, writes) => void streams.set(stream, { holder, writes }),
    committed(claim) {
      const newest = find(claim);
      if (newest) newest.writes += 1n;
    },
    atLeast: (claim) => find(claim)?.writes ?? 0n,
  };
}
