import { systemClock } from '@dbsync/core';
import { untilCaughtUp } from '../harness/caught-up.ts';
import type { DbsyncChild } from '../harness/dbsync-child.ts';

/** Sends SIGKILL after that time; resolves to the end, which may come before. */
export async function killAfter(child: DbsyncChild, delayMs: number): Promise<number | NodeJS.Signals> {
  const ended = new AbortController();
  const timer = systemClock.sleep(delayMs, ended.signal).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  const how = await child.ended;
  ended.abort();
  await timer;
  return how;
}

/** Resolves after a listing that began after the last change, and all events and inbound calls up to then. */
export async function untilAllIsSeen(daemon: DbsyncChild): Promise<void> {
  await daemon.next((event) => event.type === 'part-done' && event.part === 'listing');
  await untilCaughtUp(daemon);
}

/** Stops the daemon as an administrator does; throws where it does not end normally. */
export async function endWell(daemon: DbsyncChild, log: (line: string) => void): Promise<void> {
  daemon.kill('SIGTERM');
  const how = await daemon.ended;
  log(`the last run ended with ${how}`);
  if (how !== 0) throw new Error(`The last run ended with ${how}:\n${daemon.output().slice(-4_000)}`);
}
