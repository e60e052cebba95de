import { toInstant } from '../discover/window.js';
import { START_TOLERANCE_MS } from '../fetch/api-clock.js';
import type { Trouble } from '../observe/run-events.js';
import type { ReadingSession } from './session.js';

/** A part of the copy that has a watermark of its own. */
export type LivePart = 'events' | 'inbound';

/**
 * Returns the lag of a part's watermark behind the API's present time, in milliseconds; null before its first window is
 * complete. Watermarks follow the earlier one of the API's clock and the machine's (R4), so one of them that is slow
 * holds them back. Where the machine's clock is ahead by more than the two may differ, the lag counts to the machine's
 * clock: it is not known which one is wrong.
 */
export function lagOfPart({ api, progress }: ReadingSession, part: LivePart): number | null {
  const { eventsUntil, inboundUntil } = progress.current;
  const nowMs = laterNow(api);
  const until = part === 'events' ? eventsUntil : inboundUntil;
  return until === null ? null : Math.max(0, nowMs - Date.parse(until));
}

function laterNow(api: ReadingSession['api']): number {
  const clocks = api.clocks();
  if (clocks === null) return api.now();
  const { apiMs, machineMs } = clocks;
  return machineMs - apiMs > START_TOLERANCE_MS ? machineMs : apiMs;
}

/**
 * Returns the reason why watermarks are held back, where the two clocks differ by more than this; null: they do not.
 */
export function clocksDiffer(
  { api }: { readonly api: Pick<ReadingSession['api'], 'clocks'> },
  byMs: number,
): Trouble | null {
  const clocks = api.clocks();
  if (clocks === null || Math.abs(clocks.apiMs - clocks.machineMs) <= byMs) return null;
  const [byApi, byMachine] = [toInstant(clocks.apiMs), toInstant(clocks.machineMs)];
  const message = `By the API's clock it is ${byApi}, by the clock of this machine ${byMachine}. dbsync copies all changes up to the earlier one of the two. If the clock of this machine is wrong, set it: timedatectl set-ntp true`;
  return { code: 'CLOCKS_DIFFER', message };
}

/** Returns the lag of the part that is furthest behind. */
export function lagOf(session: ReadingSession): number | null {
  const lags = livePartsOf(session).map((part) => lagOfPart(session, part));
  return lags.reduce((worst, lag) => (worst === null || lag === null ? null : Math.max(worst, lag)), 0);
}

/** Returns the live parts. A run with deliveries does not read inbound calls. */
export function livePartsOf({ settings }: Pick<ReadingSession, 'settings'>): readonly LivePart[] {
  return settings.delivery === null ? ['events', 'inbound'] : ['events'];
}
