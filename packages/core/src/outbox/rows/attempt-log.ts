import type { DatabaseSync } from 'node:sqlite';
import type { AttemptEnd, Outcome } from '../faces/delivery-queue.js';
import { storeText } from '../file/stored-text.js';
import { createAttemptRemoval } from './attempt-removal.js';
import { beginningOf } from './message-body.js';
import type { MessageRow } from './waiting-messages.js';

/** The codes of `attempts.outcome`, by the outcome's name. */
export const OUTCOME_CODES = { accepted: 0, failed: 1, postponed: 2, dead: 3 } as const;

/** The time for which ended attempts and accepted messages are kept, in milliseconds; 0: not at all. */
export interface Keeping {
  /** For attempts that have ended. */
  readonly attemptsMs: number;
  /** For the bodies of accepted messages, which can be sent again during this time. */
  readonly acceptedMs: number;
}

/**
 * The attempts that have ended, one row each, written in the commit that settles them. An acceptance is a row of some
 * 100 bytes at the end of the table and is in no index. All methods are called within a commit.
 */
export interface AttemptLog {
  /**
   * Records an acceptance. Returns whether the body of the message is kept; then it stays in `bodies`, under the number
   * of the message.
   */
  accepted(message: MessageRow, nowMs: number, attempt: AttemptEnd | undefined): boolean;
  /** Records an attempt that the target did not accept. The last 20 of each message are kept. */
  notAccepted(message: MessageRow, outcome: Exclude<Outcome, { outcome: 'accepted' }>): void;
  /**
   * Removes rows and bodies whose time is over, one step at a time. If room is short, no body of an accepted message is
   * kept, and the stored ones are removed.
   */
  tidy(nowMs: number, isRoomShort: boolean): void;
  /**
   * Returns whether there is something to remove. It is checked even while no attempt ends, since the stored data is
   * personal.
   */
  isToTidy(nowMs: number): boolean;
}

/** The number of attempts without acceptance that are kept for each message. */
const KEPT_ATTEMPTS = 20;
const STEP_EVERY_MS = 1_000;

export function createAttemptLog(db: DatabaseSync, { attemptsMs, acceptedMs }: Keeping): AttemptLog {
  const add = db.prepare(`
    INSERT INTO attempts (stream_nr, message_id, contact, transaction_id, outcome, ended_ms, took_ms, status, reason, answer,
      attempts, state, queued_ms, hash, body_nr) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const removeOlder = db.prepare(`
    DELETE FROM attempts WHERE message_id = ? AND outcome <> 0 AND nr <= (
      SELECT nr FROM attempts WHERE message_id = ? AND outcome <> 0 ORDER BY nr DESC LIMIT 1 OFFSET ${KEPT_ATTEMPTS})`);
  const removal = createAttemptRemoval(db);
  let tidiedMs: number | null = null;
  let isShort = false;

  return {
    accepted(message, nowMs, attempt) {
      const keepsBody = acceptedMs > 0 && !isShort;
      if (attemptsMs === 0 && !keepsBody) return false;
      const { nr, stream_nr, id, contact, transaction_id, attempts, state, queued_ms, hash } = message;
      const answer = attempt?.answer ? storeText(beginningOf(attempt.answer)) : null;
      const { took, status, endedMs } = detailsOf(attempt, nowMs);
      const its = [attempts + 1, state, queued_ms, hash, keepsBody ? nr : null] as const;
      add.run(
        stream_nr,
        id,
        contact,
        transaction_id,
        OUTCOME_CODES.accepted,
        endedMs,
        took,
        status,
        null,
        answer,
        ...its,
      );
      return keepsBody;
    },
    notAccepted({ stream_nr, id, contact, transaction_id }, { outcome, attempt, failure }) {
      if (attemptsMs === 0 || attempt === undefined) return;
      const { took, status, endedMs } = detailsOf(attempt, attempt.endedMs);
      const said = failure === null ? '' : beginningOf(failure.answer);
      const reason = failure === null ? null : storeText(failure.reason);
      const answer = said === '' ? null : storeText(said);
      const code = OUTCOME_CODES[outcome];
      const none = [null, null, null, null, null] as const;
      add.run(stream_nr, id, contact, transaction_id, code, endedMs, took, status, reason, answer, ...none);
      removeOlder.run(id, id);
    },
    isToTidy: (nowMs) => removal.isDue(nowMs - acceptedMs, nowMs - attemptsMs, nowMs),
    tidy(nowMs, isRoomShort) {
      isShort = isRoomShort;
      const sinceMs = tidiedMs === null ? Number.POSITIVE_INFINITY : Math.abs(nowMs - tidiedMs);
      if (sinceMs < STEP_EVERY_MS && !isShort) return;
      tidiedMs = nowMs;
      removal.step(isShort ? Number.POSITIVE_INFINITY : nowMs - acceptedMs, nowMs - attemptsMs, nowMs);
    },
  };
}

function detailsOf(attempt: AttemptEnd | undefined, nowMs: number) {
  return {
    endedMs: Math.round(attempt?.endedMs ?? nowMs),
    took: attempt === undefined ? null : Math.round(attempt.tookMs),
    status: attempt?.status ?? null,
  };
}
