import type { DbsyncChild } from './dbsync-child.ts';

/**
 * Resolves when the daemon has copied all events and inbound calls up to now: a cycle reports a watermark after this
 * instant. A cycle alone does not prove it, since its jobs run beside each other and one may have begun before.
 */
export async function untilCaughtUp(daemon: DbsyncChild): Promise<void> {
  const calledMs = Date.now();
  await daemon.next(
    ({ type, time, lagMs }) =>
      type === 'cycle' && typeof lagMs === 'number' && Date.parse(String(time)) - lagMs > calledMs,
  );
}
