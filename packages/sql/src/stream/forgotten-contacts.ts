import { createHmac, randomBytes } from 'node:crypto';
import type { CallOptions } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';

/** The contacts that are kept out, for all campaigns of these tables. */
export interface ForgottenContacts {
  readonly count: number;
  has(contactId: string): boolean;
}

/**
 * Reads the hashes of forgotten contacts. A copy of an earlier version has no table for them, and an account that may
 * not create tables works without it.
 */
export async function readForgottenContacts(
  { db, names, session }: SqlContext,
  options: CallOptions,
): Promise<ForgottenContacts> {
  if ((await session.schema.describe(names.sync_forgotten, options)) === null) return NONE;
  const rows = await db.selectFrom('sync_forgotten').select(['contact_hash', 'salt']).execute(options);
  const hashes = new Set(rows.map(({ contact_hash }) => contact_hash));
  const salts = [...new Set(rows.map(({ salt }) => salt))];
  return {
    count: hashes.size,
    has: (contactId) => salts.some((salt) => hashes.has(forgottenHash(contactId, salt))),
  };
}

const NONE: ForgottenContacts = { count: 0, has: () => false };

/** Finds the row of the contact. */
export function findForgotten<Row extends { readonly contact_hash: string; readonly salt: string }>(
  rows: readonly Row[],
  contactId: string,
): Row | undefined {
  const hashes = new Map(
    [...new Set(rows.map(({ salt }) => salt))].map((salt) => [salt, forgottenHash(contactId, salt)]),
  );
  return rows.find(({ contact_hash, salt }) => hashes.get(salt) === contact_hash);
}

/** Hashes a contact's id, so that the id itself is not stored. The rows of a table mostly share one salt. */
export function forgottenHash(contactId: string, salt: string): string {
  return createHmac('sha256', salt).update(Buffer.from(contactId, 'utf16le')).digest('hex');
}

/** Returns a salt for this table alone: the same contact has another hash in every other copy. */
export function newSalt(): string {
  return randomBytes(16).toString('hex');
}
