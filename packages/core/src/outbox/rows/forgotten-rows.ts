import { createHmac, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { ErasedCounts } from '../../contract/index.js';
import { prepareQuery } from '../file/prepared-query.js';

/**
 * The forgotten contacts, which dbsync does not copy again: salted hashes of their ids, and the counts of their removed
 * rows.
 */
export interface ForgottenRows {
  has(contactId: string): boolean;
  /** Returns the counts; undefined: the contact is not forgotten. */
  find(contactId: string): ErasedCounts | undefined;
  put(contactId: string, erased: ErasedCounts, nowMs: number): void;
  remove(contactId: string): void;
}

interface ForgottenRow {
  readonly erased: string;
}

export function createForgottenRows(db: DatabaseSync): ForgottenRows {
  const salts = prepareQuery<{ readonly salt: Uint8Array }>(db, 'SELECT salt FROM forgotten LIMIT 1');
  const find = prepareQuery<ForgottenRow>(db, 'SELECT erased FROM forgotten WHERE contact_hash = ?');
  const put = db.prepare(`
    INSERT INTO forgotten (contact_hash, salt, forgotten_ms, erased) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET erased = excluded.erased`);
  const remove = db.prepare('DELETE FROM forgotten WHERE contact_hash = ?');
  const rowOf = (contactId: string): ForgottenRow | undefined => {
    const salt = salts.get()?.salt;
    return salt === undefined ? undefined : find.get(hashOf(contactId, salt));
  };
  return {
    has: (contactId) => rowOf(contactId) !== undefined,
    find(contactId) {
      const row = rowOf(contactId);
      return row && JSON.parse(row.erased);
    },
    put(contactId, erased, nowMs) {
      const salt = salts.get()?.salt ?? randomBytes(16);
      put.run(hashOf(contactId, salt), salt, Math.round(nowMs), JSON.stringify(erased));
    },
    remove(contactId) {
      const salt = salts.get()?.salt;
      if (salt !== undefined) remove.run(hashOf(contactId, salt));
    },
  };
}

function hashOf(contactId: string, salt: Uint8Array): Uint8Array {
  return createHmac('sha256', salt).update(Buffer.from(contactId, 'utf16le')).digest();
}
