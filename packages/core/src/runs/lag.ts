import type { Session } from './session.js';

/** A part of the copy that has a watermark of its own. */
export type LivePart = 'events' | 'inbound';

/** How far the watermark of a part lies behind the API's now, in milliseconds; null before its first window is complete. */
export function lagOfPart({ api, progress }: Session, part: LivePart): number | null {
  const { eventsUntil, inboundUntil } = progress.current;
  const until = part === 'events' ? eventsUntil : inboundUntil;
  return until === null ? null : Math.max(0, api.now() - Date.parse(until));
}

/** The lag of the part that is furthest behind. */
export function lagOf(session: Session): number | null {
  const lags = livePartsOf(session).map((part) => lagOfPart(session, part));
  return lags.reduce((worst, lag) => (worst === null || lag === null ? null : Math.max(worst, lag)), 0);
}

/** Where deliveries go out, inbound calls are not read. */
export function livePartsOf({ settings }: Pick<Session, 'settings'>): readonly LivePart[] {
  return settings.delivery === null ? ['events', 'inbound'] : ['events'];
}
