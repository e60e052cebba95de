import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, type StoredText, storeId, storeText } from '../file/stored-text.js';

/** The md5, plan and start under which a contact was last written. */
export interface KnownContact {
  /** Null if the body had none. */
  readonly md5: string | null;
  readonly plan: string;
  /** The instant from which its transactions were queued then; null: all of them. */
  readonly start: string | null;
}

/** A plan and a start. A version that was proved under another plan or start proves nothing (R16, R28). */
export interface Proof {
  readonly plan: string;
  readonly start: string | null;
}

export interface ContactVersions {
  find(streamNr: number, contactId: string): KnownContact | undefined;
  /** Returns a start under which a contact of the stream was written; null: there is no such contact. */
  provedStart(streamNr: number): string | null;
  put(streamNr: number, contactId: string, md5: string | null, proof: Proof): void;
}

interface VersionRow {
  readonly md5: StoredText | null;
  readonly plan: StoredText;
  readonly start: string | null;
}

export function createContactVersions(db: DatabaseSync): ContactVersions {
  const find = prepareQuery<VersionRow>(
    db,
    `SELECT md5, plan, start FROM contacts JOIN proofs ON proofs.nr = contacts.proof
     WHERE stream_nr = ? AND contact = ?`,
  );
  const put = db.prepare(`
    INSERT INTO contacts (stream_nr, contact, md5, proof) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET md5 = excluded.md5, proof = excluded.proof
    WHERE md5 IS NOT excluded.md5 OR proof <> excluded.proof`);
  const findStart = prepareQuery<Pick<VersionRow, 'start'>>(
    db,
    'SELECT (SELECT start FROM proofs WHERE nr = contacts.proof) AS start FROM contacts WHERE stream_nr = ? LIMIT 1',
  );
  const findProof = prepareQuery<{ readonly nr: number }>(db, 'SELECT nr FROM proofs WHERE plan = ? AND start IS ?', {
    key: 'nr',
  });
  const addProof = db.prepare('INSERT INTO proofs (plan, start) VALUES (?, ?)');

  const proofNr = ({ plan, start }: Proof): number => {
    const known = findProof.get(storeText(plan), start);
    return known?.nr ?? Number(addProof.run(storeText(plan), start).lastInsertRowid);
  };

  return {
    find(streamNr, contactId) {
      const row = find.get(streamNr, storeId(contactId));
      if (row === undefined) return undefined;
      return { md5: row.md5 === null ? null : readText(row.md5), plan: readText(row.plan), start: row.start };
    },
    provedStart: (streamNr) => findStart.get(streamNr)?.start ?? null,
    put(streamNr, contactId, md5, proof) {
      put.run(streamNr, storeId(contactId), md5 === null ? null : storeId(md5), proofNr(proof));
    },
  };
}

/** Returns whether the same body would give the same result now as it gave when the contact was last written. */
export function isProof(known: KnownContact, { plan, start }: Proof): boolean {
  return known.plan === plan && (known.start === null || (start !== null && known.start <= start));
}
