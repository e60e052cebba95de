import type { Stream } from './batch.js';
import type { CallOptions } from './call-options.js';

/** Proof of the right to write a stream. */
export interface Claim {
  readonly stream: Stream;
  /** A fresh random UUID a claim. */
  readonly holder: string;
  readonly epoch: bigint;
  /** Everything that rows depend on beside the upstream: filter, fields, field limit, column types. Readable, at most 500 characters. */
  readonly plan: string;
  readonly leaseMs: number;
}

/** How a stream is claimed. */
export interface ClaimOptions extends CallOptions {
  readonly leaseMs: number;
  /** Kept beside the lease, so that others can name the holder and see whether it lives. */
  readonly process: ProcessIdentity;
  /** Take over from this holder though its lease still runs: the caller knows it to be dead, or to be itself. */
  readonly supersede?: string;
}

/** Enough to tell, on the same machine, whether a process still runs. */
export interface ProcessIdentity {
  readonly host: string;
  /** Differs after every boot of the machine. */
  readonly bootId: string;
  readonly pid: number;
  /** Tells two processes of one pid apart. */
  readonly startedAt: string;
}

/** The claim, or who holds the stream instead. */
export type ClaimAnswer =
  | { readonly granted: true; readonly claim: Claim }
  | { readonly granted: false; readonly heldBy: LeaseHolder };

/** Who holds a stream, as far as the target knows. */
export interface LeaseHolder {
  readonly holder: string;
  readonly plan: string;
  readonly process: ProcessIdentity;
  /** Changes with every renewal and every write: where it stands still, so does the holder. */
  readonly beats: string;
  /** By the target's clock. */
  readonly expiresInMs: number;
}
