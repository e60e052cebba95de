import type { LeaseHolder, Progress } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import type { RunSettings } from './run-settings.js';

/** A copy that dbsync made, as the store tells of it. */
export interface CopyState {
  readonly progress: Progress;
  /** The process that holds the stream now. Null: none does. */
  readonly heldBy: LeaseHolder | null;
}

/**
 * Reads how far a copy is.
 *
 * @throws DbsyncError `VERIFY_NO_COPY` where the store has no progress of the campaign
 */
export async function readCopy({ sink, campaign }: RunSettings, signal: AbortSignal): Promise<CopyState> {
  const { progress, heldBy = null } = await sink.store.readState(campaign, { signal });
  if (progress !== null) return { progress, heldBy };
  const message = `${sink.target} holds no copy of campaign ${campaign} that dbsync made.`;
  throw new DbsyncError('VERIFY_NO_COPY', message);
}
