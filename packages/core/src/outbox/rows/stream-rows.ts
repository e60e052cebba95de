import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import {
  type Claim,
  type ClaimOptions,
  type LeaseHolder,
  type Progress,
  parseProgress,
  readProcessIdentity,
  SinkError,
  type Stream,
} from '../../contract/index.js';
import { planWithoutFieldRules } from '../../records/field-rules.js';
import { rowsChanged } from '../file/outbox-errors.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, storeText } from '../file/stored-text.js';
import type { BeatClock } from './beat-clock.js';
import { MOST_COUNTED } from './message-numbers.js';
import { createSeenBeats } from './seen-beats.js';
import type { StreamRow } from './stream-row.js';
import { checkStreamRow } from './stream-row-check.js';

/** The rows of streams: lease, fence, progress. All methods but `find` and `holderOf` are called within a commit. */
export interface StreamRows {
  find(stream: Stream): StreamRow | undefined;
  /** Returns the holder of the stream; null: there is none, or its lease has run out. */
  holderOf(row: StreamRow): LeaseHolder | null;
  /** Returns the row, and creates it if it is missing. */
  ensure(stream: Stream): StreamRow;
  list(): readonly StreamRow[];
  grant(stream: Stream, plan: string, options: ClaimOptions): Claim;
  /**
   * Returns the row. Throws `OUTBOX_FENCED` if the claim does not hold the stream, `OUTBOX_SET_BACK` if the file was
   * restored.
   */
  held(claim: Claim): StreamRow;
  /** Raises the beats and prolongs the lease, in the same commit as the work; throws as `held` does. */
  fence(claim: Claim): StreamRow;
  release(claim: Claim): void;
  /** Lets the beats follow a wall clock that was set, and beats; throws as `held` does. */
  clockSet(claim: Claim, byMs: number): StreamRow;
  /** Called when the commit to which the calls above belong has ended. */
  ended(isCommitted: boolean): void;
  setProgress(row: StreamRow, progress: Progress): void;
  /** Changes the counts of waiting and of accepted messages. */
  count(
    row: StreamRow,
    change: { readonly messages: number; readonly contactQueues: number; readonly accepted?: number },
  ): void;
}

export function createStreamRows(db: DatabaseSync, clock: BeatClock): StreamRows {
  const seen = createSeenBeats();
  /** The number of the row, for each holder that was granted here. */
  const granted = new Map<string, number>();
  const find = prepareQuery<StreamRow>(db, 'SELECT * FROM streams WHERE stream = ?');
  const list = prepareQuery<StreamRow>(db, 'SELECT * FROM streams ORDER BY nr');
  const held = prepareQuery<StreamRow>(db, 'SELECT * FROM streams WHERE stream = ? AND epoch = ? AND holder = ?');
  const insert = db.prepare('INSERT INTO streams (stream) VALUES (?)');
  const grant = db.prepare(`
    UPDATE streams SET holder = ?, plan = ?, process = ?, lease_ms = ?, lease_until = ?, plan_changed_at = ?,
      epoch = epoch + 1, beats = beats + 1 WHERE nr = ?`);
  const beat = db.prepare('UPDATE streams SET beats = beats + 1, lease_until = ? WHERE nr = ?');
  const release = db.prepare(
    `UPDATE streams SET holder = NULL, lease_until = min(lease_ms, ${MOST_COUNTED}) + ? WHERE stream = ? AND epoch = ? AND holder = ?`,
  );
  const progress = db.prepare('UPDATE streams SET progress = ?, start = ? WHERE nr = ?');
  const count = db.prepare(
    'UPDATE streams SET messages = messages + ?, lines = lines + ?, accepted = accepted + ? WHERE nr = ?',
  );

  const rows: StreamRows = {
    find: (stream) => find.get(storeText(stream)),
    holderOf: (row) => leaseHolder(row),
    ensure(stream) {
      const known = rows.find(stream);
      if (known) return known;
      insert.run(storeText(stream));
      return rows.ensure(stream);
    },
    grant(stream, plan, { leaseMs, process }) {
      const row = checkStreamRow(rows.ensure(stream));
      const holder = randomUUID();
      const changedAt = isPlanOf(row, plan) ? row.plan_changed_at : eventsUntil(row);
      grant.run(
        holder,
        storeText(plan),
        JSON.stringify(process),
        leaseMs,
        clock.begin(holder) + leaseMs,
        changedAt,
        row.nr,
      );
      seen.raise(holder, row.beats + 1);
      granted.clear();
      granted.set(holder, row.nr);
      return { stream, holder, plan, leaseMs, epoch: BigInt(row.epoch + 1) };
    },
    list: () => list.all(),
    held({ stream, epoch, holder }) {
      const row = held.get(storeText(stream), epoch, holder);
      if (row === undefined) {
        throw fenced('OUTBOX_FENCED', `Another process has taken over campaign ${stream} since this one claimed it`);
      }
      if (row.beats < seen.atLeast(holder)) {
        throw fenced('OUTBOX_SET_BACK', `The state file of campaign ${stream} was set back to an earlier state`);
      }
      if (row.nr !== (granted.get(holder) ?? row.nr) || hasImpossibleCount(row)) throw rowsChanged();
      return checkStreamRow(row);
    },
    fence(claim) {
      const row = rows.held(claim);
      beat.run(clock.now(claim.holder) + claim.leaseMs, row.nr);
      seen.raise(claim.holder, row.beats + 1);
      return row;
    },
    release: ({ stream, epoch, holder }) => void release.run(clock.now(holder), storeText(stream), epoch, holder),
    clockSet(claim, byMs) {
      clock.move(claim.holder, byMs);
      return rows.fence(claim);
    },
    ended(isCommitted) {
      seen.ended(isCommitted);
      clock.ended(isCommitted);
    },
    setProgress: (row, next) => void progress.run(JSON.stringify(next), startOf(row, next), row.nr),
    count: (row, { messages, contactQueues, accepted = 0 }) =>
      void count.run(messages, contactQueues, accepted, row.nr),
  };
  return rows;
}

/**
 * Returns the instant from which transactions are queued (R28). The first progress sets it, and later progress only
 * moves it to an earlier instant; null: everything.
 */
export function startOf(row: StreamRow, next?: Progress): string | null {
  if (next === undefined) return row.start;
  if (row.progress === null) return next.since;
  if (row.start === null || next.since === null) return null;
  const [first = null] = [row.start, next.since].sort();
  return first;
}

/**
 * Returns for how long no process has held the stream, by the machine's clock; negative if that was set back meanwhile.
 * Null: not known.
 */
export function restedMs({ lease_until, lease_ms }: StreamRow): number | null {
  const restedMs = Date.now() - (lease_until - lease_ms);
  return lease_until === 0 || Math.abs(restedMs) > LONGEST_REST_MS ? null : restedMs;
}

/** If the rest seems longer than this, another program has changed the stored time (R36). */
const LONGEST_REST_MS = 100 * 365 * 86_400_000;

/**
 * Returns whether the stream has this plan. Different field rules do not change the selection of transactions (R32).
 */
function isPlanOf({ plan }: StreamRow, wanted: string): boolean {
  return plan !== null && planWithoutFieldRules(readText(plan)) === planWithoutFieldRules(wanted);
}

function eventsUntil({ progress }: StreamRow): string | null {
  return progress === null ? null : (parseProgress(progress)?.eventsUntil ?? null);
}

/** Returns the holder of the lease. A clock that was set back never makes a lease longer than it was taken for. */
export function leaseHolder({ holder, plan, process, beats, lease_ms, lease_until }: StreamRow): LeaseHolder | null {
  const expiresInMs = Math.min(lease_until - Date.now(), lease_ms);
  if (holder === null || plan === null || expiresInMs <= 0) return null;
  return { holder, plan: readText(plan), process: readProcessIdentity(process), beats: String(beats), expiresInMs };
}

/**
 * Returns whether another program has made a count of the row too large to add to. The claim has written or repaired
 * all of them (R36).
 */
function hasImpossibleCount({ messages, lines, accepted, lease_ms }: StreamRow): boolean {
  return [messages, lines, accepted, lease_ms].some((count) => Math.abs(count) > MOST_COUNTED);
}

function fenced(code: 'OUTBOX_FENCED' | 'OUTBOX_SET_BACK', message: string): SinkError {
  return new SinkError(code, message, { verdict: 'fenced', outcome: 'not-committed' });
}
