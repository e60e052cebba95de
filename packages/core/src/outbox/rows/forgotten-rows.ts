import { createHmac, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type ErasedCounts, isFields, jsonOrNull } from '../../contract/index.js';
import { prepareQuery } from '../file/prepared-query.js';

/**
 * The forgotten contacts, which dbsync does not copy again: salted hashes of their ids, and the counts of their removed
 * rows.
 */
export interface ForgottenRows {
  has(contactId: string): boolean;
  /** Returns `has` for many ids at once: contacts that another process forgets meanwhile are not seen. */
  lookup(): (contactId: string) => boolean;
  /** Returns the counts; null: the removal has not ended; undefined: the contact is not forgotten. */
  find(contactId: string): ErasedCounts | null | undefined;
  /** @param erased null: the contact is kept out, and nothing was removed yet */
  put(contactId: string, erased: ErasedCounts | null, nowMs: number): void;
  remove(contactId: string): void;
}

interface ForgottenRow {
  readonly erased: string;
}

export function createForgottenRows(db: DatabaseSync): ForgottenRows {
  const saltsOf = createSalts(db);
  const find = prepareQuery<ForgottenRow>(db, 'SELECT erased FROM forgotten WHERE contact_hash = ?');
  const put = db.prepare(`
    INSERT INTO forgotten (contact_hash, salt, forgotten_ms, erased) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET erased = excluded.erased`);
  const remove = db.prepare('DELETE FROM forgotten WHERE contact_hash = ?');
  const rowOf = (contactId: string, salts = saltsOf.all()): ForgottenRow | undefined => {
    for (const salt of salts) {
      const row = find.get(hashOf(contactId, salt));
      if (row !== undefined) return row;
    }
    return undefined;
  };
  return {
    has: (contactId) => rowOf(contactId) !== undefined,
    lookup() {
      const salts = saltsOf.all();
      return (contactId) => rowOf(contactId, salts) !== undefined;
    },
    find(contactId) {
      const row = rowOf(contactId);
      return row && countsIn(row.erased);
    },
    put(contactId, erased, nowMs) {
      const known = saltsOf.all().find((salt) => find.get(hashOf(contactId, salt)) !== undefined);
      const salt = known ?? saltsOf.all()[0] ?? randomBytes(16);
      put.run(hashOf(contactId, salt), salt, Math.round(nowMs), JSON.stringify(erased));
      saltsOf.changed();
    },
    remove(contactId) {
      for (const salt of saltsOf.all()) remove.run(hashOf(contactId, salt));
    },
  };
}

function hashOf(contactId: string, salt: Uint8Array): Uint8Array {
  return createHmac('sha256', salt).update(Buffer.from(contactId, 'utf16le')).digest();
}

/** The salts of all rows: one, unless another program has changed a row (R36). They are read again after each change. */
function createSalts(db: DatabaseSync): { all(): readonly Uint8Array[]; changed(): void } {
  const select = prepareQuery<{ readonly salt: Uint8Array }>(db, 'SELECT DISTINCT salt FROM forgotten');
  const version = prepareQuery<{ readonly data_version: number }>(db, 'PRAGMA data_version');
  let known: { readonly version: number | undefined; readonly salts: readonly Uint8Array[] } | null = null;
  return {
    all() {
      const now = version.get()?.data_version;
      if (known?.version !== now) known = null;
      known ??= { version: now, salts: select.all().map(({ salt }) => salt) };
      return known.salts;
    },
    changed() {
      known = null;
    },
  };
}

/** Reads the counts that are numbers, and leaves out the others, since another program may have changed them (R36). */
function countsIn(text: string): ErasedCounts | null {
  if (text === 'null') return null;
  const counts = jsonOrNull(text);
  if (!isFields(counts)) return {};
  return Object.fromEntries(Object.entries(counts).filter((entry) => Number.isSafeInteger(entry[1]))) as ErasedCounts;
}
