import { OVERLAP_MS, toInstant } from '../discover/window.js';
import type { Session } from './session.js';

const INBOUND_OVERLAP_MS = 10 * 60_000;

/** Without a mark, an init was killed behind its listing, or before it, when all that follows is listed. */
export function eventsFrom(session: Session, backMs: number): number {
  const { eventsUntil, listedFrom } = session.progress.current;
  const untilMs = Date.parse(eventsUntil ?? listedFrom ?? toInstant(session.api.now()));
  return startOf(session, untilMs - OVERLAP_MS, Math.max(backMs, OVERLAP_MS));
}

/** Without a mark, none has been read: all that the user wants; null: all there are. */
export function inboundFrom(session: Session, backMs: number): number | null {
  const { since, inboundUntil } = session.progress.current;
  if (inboundUntil === null) return since === null ? null : Date.parse(since);
  return startOf(session, Date.parse(inboundUntil) - INBOUND_OVERLAP_MS, Math.max(backMs, INBOUND_OVERLAP_MS));
}

/** Further back than the mark where asked, or where the API's clock was set back behind it (R4), but not from before what the user wants. */
function startOf({ api, progress }: Session, markMs: number, backMs: number): number {
  const nowMs = api.now();
  const { since } = progress.current;
  const fromMs = Math.min(markMs, nowMs - backMs);
  return since === null ? fromMs : Math.max(fromMs, Math.min(Date.parse(since), nowMs));
}
