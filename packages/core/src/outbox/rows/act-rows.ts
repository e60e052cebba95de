import type { DatabaseSync } from 'node:sqlite';
import { type DeliveryAct, type RecordedAct, readAct } from '../faces/delivery-acts.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, type StoredText, storeText } from '../file/stored-text.js';

/**
 * The acts of operators. Open acts are a mailbox for the holder of the stream; the last finished acts are kept for
 * reports.
 */
export interface ActRows {
  /** Adds an act after all others. Returns its number. */
  ask(streamNr: number, act: DeliveryAct, asked: { readonly ms: number; readonly by: string }): number;
  /**
   * Returns the next act to do: a pause or resume before all others, then the oldest. `exceptReplay` leaves replays
   * out.
   */
  open(streamNr: number, options?: { readonly exceptReplay?: boolean }): OpenAct | undefined;
  find(nr: number): RecordedAct | undefined;
  /** Returns the acts, the newest first. */
  list(streamNr: number, limit: number): readonly RecordedAct[];
  /** Stores the progress of a step. Returns false if the file did not change. */
  advance(nr: number, step: ActStep): boolean;
  /** Ends an act. Returns false if the file did not change. */
  finish(nr: number, nowMs: number): boolean;
}

/** An open act, with its progress. */
export interface OpenAct extends RecordedAct {
  readonly place: number;
}

/** The result of one step of an act. */
export interface ActStep {
  /** The last message that the step read. */
  readonly place: number;
  readonly done: number;
  readonly passedOver: number;
  readonly gone: number;
}

interface ActRow {
  readonly nr: number;
  readonly act: string;
  readonly asked_ms: number;
  readonly asked_by: StoredText;
  readonly place: number;
  readonly done: number;
  readonly passed_over: number;
  readonly gone: number;
  readonly done_ms: number | null;
}

/**
 * The largest size of an act, in bytes. A longer act comes from another program. It is read as an act that this version
 * does not know, so it has no effect.
 */
const ACT_BYTES = 4 << 20;
/** The largest size of an act that names no messages by their ids, in bytes. */
const SHORT_BYTES = 200;
/** The largest number of characters of all acts in a list for a report. */
const LISTED_LENGTH = 16 << 20;

const COLUMNS = `nr, iif(octet_length(act) > ${ACT_BYTES}, '', act) AS act, asked_ms, substr(asked_by, 1, 2000) AS asked_by,
  place, done, passed_over, gone, done_ms`;

/** The number of open acts that are read to find the next. */
const LOOKED_AT = 100;
/** The number of acts kept for a stream; older ones are removed. */
const KEPT_ACTS = 1_000;

export function createActRows(db: DatabaseSync): ActRows {
  const ask = db.prepare('INSERT INTO acts (stream_nr, act, asked_ms, asked_by) VALUES (?, ?, ?, ?)');
  const open = prepareQuery<Pick<ActRow, 'nr' | 'act'>>(
    db,
    `SELECT nr, iif(octet_length(act) > ${SHORT_BYTES}, '', act) AS act FROM acts WHERE stream_nr = ? AND done_ms IS NULL ORDER BY nr LIMIT ${LOOKED_AT}`,
    { key: 'nr' },
  );
  const find = prepareQuery<ActRow>(db, `SELECT ${COLUMNS} FROM acts WHERE nr = ?`);
  const list = prepareQuery<ActRow>(db, `SELECT ${COLUMNS} FROM acts WHERE stream_nr = ? ORDER BY nr DESC LIMIT ?`);
  const advance = db.prepare(
    `UPDATE acts SET place = ?, done = ${count('done')} + ?, passed_over = ${count('passed_over')} + ?, gone = ${count('gone')} + ? WHERE nr = ?`,
  );
  const finish = db.prepare('UPDATE acts SET done_ms = ? WHERE nr = ?');
  const forget = db.prepare('DELETE FROM acts WHERE nr <= ? AND done_ms IS NOT NULL');
  return {
    ask: (streamNr, act, { ms, by }) =>
      Number(ask.run(streamNr, JSON.stringify(act), Math.round(ms), storeText(by)).lastInsertRowid),
    open(streamNr, { exceptReplay = false } = {}) {
      const acts = open.all(streamNr).map(({ nr, act }) => ({ nr, kind: readAct(act)?.act }));
      const isHandle = ({ kind }: { readonly kind: string | undefined }) => kind === 'pause' || kind === 'resume';
      const next = acts.find(isHandle) ?? acts.find(({ kind }) => !exceptReplay || kind !== 'replay');
      const row = next && find.get(next.nr);
      return row && { ...recordOf(row), place: row.place };
    },
    find(nr) {
      const row = find.get(nr);
      return row && recordOf(row);
    },
    list(streamNr, limit) {
      const acts: RecordedAct[] = [];
      let bytes = 0;
      for (const row of list.iterate(streamNr, limit)) {
        bytes += row.act.length;
        acts.push(recordOf(bytes > LISTED_LENGTH ? { ...row, act: '' } : row));
      }
      return acts;
    },
    advance: (nr, { place, done, passedOver, gone }) => advance.run(place, done, passedOver, gone, nr).changes > 0,
    finish(nr, nowMs) {
      const { changes } = finish.run(Math.round(nowMs), nr);
      forget.run(nr - KEPT_ACTS);
      return changes > 0;
    },
  };
}

/** Returns the SQL of a count, limited so that a number can be added to it (R36). */
function count(column: string): string {
  return `max(0, min(${column}, 1000000000000))`;
}

function recordOf(row: ActRow): RecordedAct {
  return {
    nr: row.nr,
    act: readAct(row.act),
    askedMs: row.asked_ms,
    askedBy: readText(row.asked_by),
    done: row.done,
    passedOver: row.passed_over,
    gone: row.gone,
    doneMs: row.done_ms,
  };
}
