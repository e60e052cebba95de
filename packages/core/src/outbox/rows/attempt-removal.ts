import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';

/**
 * Removes attempts and the bodies of accepted messages when their time is over. It is called within a commit. If a
 * wrong clock gave an attempt a time in the future, the attempt counts as one of now. Otherwise it would keep all later
 * attempts in the file until that time.
 */
export interface AttemptRemoval {
  /**
   * Does one step, from the oldest on: removes the bodies of attempts that ended before `bodiesUntilMs`, and the rows
   * of attempts that ended before `rowsUntilMs`.
   */
  step(bodiesUntilMs: number, rowsUntilMs: number, nowMs: number): void;
  /** Returns whether a step would change anything. */
  isDue(bodiesUntilMs: number, rowsUntilMs: number, nowMs: number): boolean;
}

/** The number of rows that a step reads, which takes a few milliseconds. */
const STEP_ROWS = 500;

export function createAttemptRemoval(db: DatabaseSync): AttemptRemoval {
  const bodiesFrom = prepareQuery<{ readonly bodies_from: number }>(db, 'SELECT bodies_from FROM control');
  const setBodiesFrom = db.prepare('UPDATE control SET bodies_from = ?');
  const from = prepareQuery<{ readonly nr: number; readonly ended_ms: number; readonly body_nr: number | null }>(
    db,
    `SELECT nr, ended_ms, body_nr FROM attempts WHERE nr >= ? ORDER BY nr LIMIT ${STEP_ROWS}`,
    { key: 'nr' },
  );
  // Another program may have made the attempt name the body of a message that waits (R36).
  const removeBody = db.prepare(
    'DELETE FROM bodies WHERE message_nr = ? AND NOT EXISTS (SELECT 1 FROM messages WHERE nr = message_nr)',
  );
  const clearBody = db.prepare('UPDATE attempts SET body_nr = NULL WHERE nr = ?');
  const remove = db.prepare('DELETE FROM attempts WHERE nr = ?');
  const pullBack = db.prepare('UPDATE attempts SET ended_ms = ? WHERE nr = ?');

  /** Returns the first attempt that may have a body; attempts before it have none any more. */
  const firstWithBody = () => bodiesFrom.get()?.bodies_from ?? 0;
  const isKept = (
    { nr, ended_ms }: { readonly nr: number; readonly ended_ms: number },
    untilMs: number,
    nowMs: number,
  ) => {
    if (ended_ms < untilMs) return false;
    if (ended_ms > nowMs) pullBack.run(Math.round(nowMs), nr);
    return true;
  };
  const removeBodies = (untilMs: number, nowMs: number) => {
    const start = firstWithBody();
    let next = start;
    for (const row of from.all(start)) {
      const { nr, body_nr } = row;
      if (isKept(row, untilMs, nowMs)) break;
      next = nr + 1;
      if (body_nr === null) continue;
      removeBody.run(body_nr);
      clearBody.run(nr);
    }
    if (next !== start) setBodiesFrom.run(next);
  };
  const removeRows = (untilMs: number, nowMs: number) => {
    const end = firstWithBody();
    for (const row of from.all(0)) {
      if (row.nr >= end || isKept(row, untilMs, nowMs)) break;
      remove.run(row.nr);
    }
  };
  const first = prepareQuery<{ readonly nr: number; readonly ended_ms: number }>(
    db,
    'SELECT nr, ended_ms FROM attempts WHERE nr >= ? ORDER BY nr LIMIT 1',
  );
  const endOf = (from: number) => first.get(from)?.ended_ms ?? Number.POSITIVE_INFINITY;
  return {
    isDue(bodiesUntilMs, rowsUntilMs, nowMs) {
      const start = firstWithBody();
      const isOver = (endMs: number, untilMs: number) =>
        endMs < untilMs || (endMs > nowMs && endMs < Number.POSITIVE_INFINITY);
      return (
        isOver(endOf(start), bodiesUntilMs) || ((first.get(0)?.nr ?? start) < start && isOver(endOf(0), rowsUntilMs))
      );
    },
    step(bodiesUntilMs, rowsUntilMs, nowMs) {
      removeBodies(bodiesUntilMs, nowMs);
      removeRows(rowsUntilMs, nowMs);
    },
  };
}
