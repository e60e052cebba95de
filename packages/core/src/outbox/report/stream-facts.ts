import type { DatabaseSync } from 'node:sqlite';
import { parseProgress, type StreamFacts, type WaitingDeliveries } from '../../contract/index.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, storeText } from '../file/stored-text.js';
import { createControlRow } from '../rows/control-row.js';
import type { StreamRow } from '../rows/stream-row.js';
import { leaseHolder } from '../rows/stream-rows.js';

/**
 * Reads the facts about a stream; null: the file has no such stream. It needs no table that an earlier version lacks, so it
 * also reads a file that was not brought up to date.
 */
export function readStreamFacts(db: DatabaseSync, stream: string): StreamFacts | null {
  const row = prepareQuery<StreamRow>(db, 'SELECT * FROM streams WHERE stream = ?').get(storeText(stream));
  if (row === undefined) return null;
  const nowMs = Date.now();
  const keepsHeartbeats = hasTable(db, 'heartbeats');
  return {
    nowMs,
    heldBy: leaseHolder(row),
    progress: row.progress === null ? null : parseProgress(row.progress),
    heartbeat: keepsHeartbeats ? readHeartbeat(db, row.nr, nowMs) : null,
    keepsHeartbeats,
    deadLetters: countLetters(db, row.nr),
    requests: count(db, 'SELECT count(*) AS amount FROM requests WHERE stream_nr = ?', row.nr),
    deliveries: readWaiting(db, row, nowMs),
  };
}

/** Returns the names of all streams. */
export function readStreamNames(db: DatabaseSync): readonly string[] {
  const rows = prepareQuery<Pick<StreamRow, 'stream'>>(db, 'SELECT stream FROM streams').all();
  return rows.map(({ stream }) => readText(stream)).sort();
}

function readHeartbeat(db: DatabaseSync, streamNr: number, nowMs: number): StreamFacts['heartbeat'] {
  const row = prepareQuery<{ readonly holder: string; readonly kept_ms: number; readonly body: string }>(
    db,
    'SELECT holder, kept_ms, body FROM heartbeats WHERE stream_nr = ?',
  ).get(streamNr);
  return row === undefined ? null : { text: row.body, holder: row.holder, ageMs: Math.abs(nowMs - row.kept_ms) };
}

function countLetters(db: DatabaseSync, streamNr: number): Readonly<Record<string, number>> {
  const rows = prepareQuery<{ readonly kind: string; readonly amount: number }>(
    db,
    'SELECT kind, count(*) AS amount FROM dead_letters WHERE stream_nr = ? GROUP BY kind',
  ).all(streamNr);
  return Object.fromEntries(rows.map(({ kind, amount }) => [kind, amount]));
}

function readWaiting(db: DatabaseSync, { nr, messages, lines }: StreamRow, nowMs: number): WaitingDeliveries {
  const oldest = prepareQuery<{ readonly oldest: number | null }>(
    db,
    'SELECT min(queued_ms) AS oldest FROM messages WHERE stream_nr = ?',
  ).get(nr);
  const oldestMs = oldest?.oldest == null ? null : Math.max(0, nowMs - oldest.oldest);
  return { messages, contacts: lines, oldestMs, ...stateOf(db, nowMs) };
}

function stateOf(db: DatabaseSync, nowMs: number): Pick<WaitingDeliveries, 'state' | 'forMs'> {
  const control = hasTable(db, 'control') ? createControlRow(db) : null;
  const pausing = control?.pausing() ?? null;
  if (pausing !== null) return { state: 'paused', forMs: Math.max(0, nowMs - pausing.sinceMs) };
  const target = control?.target() ?? null;
  return target === null
    ? { state: 'up', forMs: null }
    : { state: target.state, forMs: Math.max(0, nowMs - target.sinceMs) };
}

function hasTable(db: DatabaseSync, name: string): boolean {
  return count(db, "SELECT count(*) AS amount FROM sqlite_schema WHERE type = 'table' AND name = ?", name) > 0;
}

function count(db: DatabaseSync, text: string, value: string | number): number {
  return prepareQuery<{ readonly amount: number }>(db, text).get(value)?.amount ?? 0;
}
