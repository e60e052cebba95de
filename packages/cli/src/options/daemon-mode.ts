import type { RunMode } from '@dbsync/core';

/** True for a mode that runs in cycles until it is stopped. */
export function isDaemon(mode: RunMode): boolean {
  return mode === 'db_sync' || mode === 'webhook';
}
