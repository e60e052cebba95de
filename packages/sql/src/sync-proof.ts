import { hash } from 'node:crypto';
import type { Row } from '@dbsync/core/contract';

/** A row by its table and the key that it is stored with. */
export type StoredId = Pick<Row, 'table' | 'id'>;

/**
 * The proof that a contact is whole (R16): `1:<plan>:<ids below>:<md5>`, set by the transaction that wrote its tree and
 * by nothing else. What another program wrote since shows, because the md5 in it is not the row's any more.
 */
export function proofOf(planHash: string, idsBelow: string, md5: string): string {
  return `1:${planHash}:${idsBelow}:${md5}`;
}

/** The md5 that a contact is proved to be whole with under this plan; null where it is not. */
export function provedMd5(proof: string | null, planHash: string, md5: string | null): string | null {
  if (proof === null || md5 === null || !proof.startsWith(`1:${planHash}:`)) return null;
  return proof.endsWith(`:${md5}`) && proof === proofOf(planHash, idsBelowOf(proof) ?? '', md5) ? md5 : null;
}

/** The digest in a proof of whatever plan and md5. */
export function idsBelowOf(proof: string | null): string | null {
  return proof?.split(':', 3)[2] ?? null;
}

/**
 * @param plan of any length
 * @param generation of proofs; the empty one hashes as versions did that knew none
 */
export function planHash(plan: string, generation: string): string {
  return hash('sha256', generation === '' ? plan : `${plan}\n${generation}`, 'hex').slice(0, 16);
}

/** Digest of the rows that are stored below a contact, in whatever order they come. */
export function digestOfIds(rows: readonly StoredId[]): string {
  const ids = rows.map(({ table, id }) => `${table} ${id}`).sort();
  return hash('sha256', ids.join('\n'), 'hex').slice(0, 16);
}
