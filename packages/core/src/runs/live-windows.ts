import { OVERLAP_MS, toInstant } from '../discover/window.js';
import type { Session } from './session.js';

const INBOUND_OVERLAP_MS = 10 * 60_000;

/** The part of a session that decides where windows begin. */
export interface WindowSession {
  readonly api: Pick<Session['api'], 'now'>;
  readonly progress: Pick<Session['progress'], 'current'>;
}

/**
 * Returns where the events window begins. No watermark: an earlier `db_init` was killed. Starts from its last listing,
 * else from now, because the listing that follows covers the rest.
 */
export function eventsFrom(session: WindowSession, backMs: number): number {
  const { eventsUntil, listedFrom } = session.progress.current;
  const untilMs = Date.parse(eventsUntil ?? listedFrom ?? toInstant(session.api.now()));
  return startOf(session, untilMs, Math.max(backMs, OVERLAP_MS));
}

/**
 * Returns where the calls window begins. Without a mark no call has been read: from the user's start; null: all calls
 * there are.
 */
export function inboundFrom(session: WindowSession, backMs: number): number | null {
  const { since, inboundUntil } = session.progress.current;
  if (inboundUntil === null) return since === null ? null : Date.parse(since);
  return startOf(session, Date.parse(inboundUntil), Math.max(backMs, INBOUND_OVERLAP_MS));
}

/**
 * Counts back from the mark, or from now where the clock of the API was set back behind the mark (R4), but begins no
 * earlier than the user's start. The mark counts because late entries came before it: while no process ran, none of
 * them was read.
 */
function startOf({ api, progress }: WindowSession, markMs: number, backMs: number): number {
  const nowMs = api.now();
  const { since } = progress.current;
  const fromMs = Math.min(markMs, nowMs) - backMs;
  return since === null ? fromMs : Math.max(fromMs, Math.min(Date.parse(since), nowMs));
}
