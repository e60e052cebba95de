import type { RunMode } from '@dbsync/core';

/** The modes that run in cycles until they are stopped. */
export const DAEMON_MODES: readonly string[] = ['db_sync', 'webhook'] satisfies readonly RunMode[];

export function isDaemon(mode: RunMode): boolean {
  return DAEMON_MODES.includes(mode);
}
