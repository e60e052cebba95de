import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';

/** Removes attempts and the bodies of accepted messages when their time is over. It is called within a commit. */
export interface AttemptRemoval {
  /**
   * Does one step, from the oldest on: removes the bodies of attempts that ended before `bodiesUntilMs`, and the rows
   * of attempts that ended before `rowsUntilMs`.
   */
  step(bodiesUntilMs: number, rowsUntilMs: number): void;
  /** Returns whether a step would remove anything. */
  isDue(bodiesUntilMs: number, rowsUntilMs: number): boolean;
}

/** The number of rows that a step reads, which takes a few milliseconds. */
const STEP_ROWS = 500;

export function createAttemptRemoval(db: DatabaseSync): AttemptRemoval {
  const bodiesFrom = prepareQuery<{ readonly bodies_from: number }>(db, 'SELECT bodies_from FROM control');
  const setBodiesFrom = db.prepare('UPDATE control SET bodies_from = ?');
  const from = prepareQuery<{ readonly nr: number; readonly ended_ms: number; readonly body_nr: number | null }>(
    db,
    `SELECT nr, ended_ms, body_nr FROM attempts WHERE nr >= ? ORDER BY nr LIMIT ${STEP_ROWS}`,
  );
  const removeBody = db.prepare('DELETE FROM bodies WHERE message_nr = ?');
  const clearBody = db.prepare('UPDATE attempts SET body_nr = NULL WHERE nr = ?');
  const remove = db.prepare('DELETE FROM attempts WHERE nr = ?');

  /** Returns the first attempt that may have a body; attempts before it have none any more. */
  const firstWithBody = () => bodiesFrom.get()?.bodies_from ?? 0;
  const removeBodies = (untilMs: number) => {
    const start = firstWithBody();
    let next = start;
    for (const { nr, ended_ms, body_nr } of from.all(start)) {
      if (ended_ms >= untilMs) break;
      next = nr + 1;
      if (body_nr === null) continue;
      removeBody.run(body_nr);
      clearBody.run(nr);
    }
    if (next !== start) setBodiesFrom.run(next);
  };
  const removeRows = (untilMs: number) => {
    const end = firstWithBody();
    for (const { nr, ended_ms } of from.all(0)) {
      if (ended_ms >= untilMs || nr >= end) break;
      remove.run(nr);
    }
  };
  const first = prepareQuery<{ readonly nr: number; readonly ended_ms: number }>(
    db,
    'SELECT nr, ended_ms FROM attempts WHERE nr >= ? ORDER BY nr LIMIT 1',
  );
  const endOf = (from: number) => first.get(from)?.ended_ms ?? Number.POSITIVE_INFINITY;
  return {
    isDue(bodiesUntilMs, rowsUntilMs) {
      const start = firstWithBody();
      return endOf(start) < bodiesUntilMs || ((first.get(0)?.nr ?? start) < start && endOf(0) < rowsUntilMs);
    },
    step(bodiesUntilMs, rowsUntilMs) {
      removeBodies(bodiesUntilMs);
      removeRows(rowsUntilMs);
    },
  };
}
