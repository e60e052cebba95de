import type { DatabaseSync } from 'node:sqlite';
import type { Operator, OperatorAct } from '../../contract/index.js';
import { storeText } from '../file/stored-text.js';

/** The acts of operators, which are kept without end. */
export interface AuditRows {
  /** Adds an act, in the commit of the act itself. */
  note(streamNr: number, act: OperatorAct, by: Operator, nowMs: number): void;
}

export function createAuditRows(db: DatabaseSync): AuditRows {
  const add = db.prepare(
    'INSERT INTO sync_audit (stream_nr, acted_ms, os_user, host, act, subject) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return {
    note: (streamNr, { act, subject }, { user, host }, nowMs) =>
      void add.run(streamNr, Math.round(nowMs), storeText(user), storeText(host), act, subject),
  };
}
