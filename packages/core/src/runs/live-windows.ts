import { OVERLAP_MS, toInstant } from '../discover/window.js';
import type { Session } from './session.js';

const INBOUND_OVERLAP_MS = 10 * 60_000;

/** The part of a session that says where windows begin. */
export interface WindowSession {
  readonly api: Pick<Session['api'], 'now'>;
  readonly progress: Pick<Session['progress'], 'current'>;
}

/** Without a mark, an init was killed behind its listing, or before it, when all that follows is listed. */
export function eventsFrom(session: WindowSession, backMs: number): number {
  const { eventsUntil, listedFrom } = session.progress.current;
  const untilMs = Date.parse(eventsUntil ?? listedFrom ?? toInstant(session.api.now()));
  return startOf(session, untilMs, Math.max(backMs, OVERLAP_MS));
}

/** Without a mark, none has been read: all that the user wants; null: all there are. */
export function inboundFrom(session: WindowSession, backMs: number): number | null {
  const { since, inboundUntil } = session.progress.current;
  if (inboundUntil === null) return since === null ? null : Date.parse(since);
  return startOf(session, Date.parse(inboundUntil), Math.max(backMs, INBOUND_OVERLAP_MS));
}

/**
 * Counts back from the mark, or from now where the clock of the API was set back behind the mark (R4), but begins no earlier
 * than what the user wants. The mark counts because what is looked for came before it: while no process ran, nothing that
 * came late was read.
 */
function startOf({ api, progress }: WindowSession, markMs: number, backMs: number): number {
  const nowMs = api.now();
  const { since } = progress.current;
  const fromMs = Math.min(markMs, nowMs) - backMs;
  return since === null ? fromMs : Math.max(fromMs, Math.min(Date.parse(since), nowMs));
}
