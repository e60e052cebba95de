import { hash } from 'node:crypto';
import type { Row, Stream } from '@dbsync/core/contract';

/** A row by its table and the key that it is stored with. */
export type StoredId = Pick<Row, 'table' | 'id'>;

/**
 * Returns the proof that a contact is whole (R16): `1:<plan>:<ids below>:<md5>`. Only the transaction that wrote its
 * tree sets it. A later change by another program shows, because the row's md5 then differs from the one in the proof.
 * A contact that came from another campaign of these tables has `2:<plan>:<ids below>:<former owners>:<md5>`.
 *
 * @param formerOwners marks of the campaigns that the row was taken from, as {@link ownerMark} makes them
 */
export function proofOf(planHash: string, idsBelow: string, md5: string, formerOwners: readonly string[] = []): string {
  if (formerOwners.length === 0) return `1:${planHash}:${idsBelow}:${md5}`;
  return `2:${planHash}:${idsBelow}:${formerOwners.join(',')}:${md5}`;
}

/** Returns the md5 that a contact is proved to be whole with under this plan; null where it is not proved. */
export function provedMd5(proof: string | null, planHash: string, md5: string | null): string | null {
  if (proof === null || md5 === null || !proof.endsWith(`:${md5}`)) return null;
  return proof === proofOf(planHash, idsBelowOf(proof) ?? '', md5, formerOwnersOf(proof)) ? md5 : null;
}

/** Returns the hash of the plan in a proof. */
export function planHashOf(proof: string | null): string | null {
  return proof?.split(':', 2)[1] ?? null;
}

/** Returns the digest of ids in a proof, whatever its plan and md5 are. */
export function idsBelowOf(proof: string | null): string | null {
  return proof?.split(':', 3)[2] ?? null;
}

/** Returns the marks of the campaigns that had the row before. */
export function formerOwnersOf(proof: string | null): readonly string[] {
  if (proof === null || !proof.startsWith('2:')) return [];
  return (proof.split(':', 4)[3] ?? '').split(',');
}

/** Returns a short name for a campaign in a proof, whatever characters its id has. */
export function ownerMark(stream: Stream): string {
  return hash('sha256', stream, 'hex').slice(0, 16);
}

/**
 * Hashes a plan for proofs.
 * @param plan of any length
 * @param generation of proofs; the empty one gives the hash of versions that had no generations
 */
export function planHash(plan: string, generation: string): string {
  return hash('sha256', generation === '' ? plan : `${plan}\n${generation}`, 'hex').slice(0, 16);
}

/** Returns a digest of the rows that are stored below a contact, in any order. */
export function digestOfIds(rows: readonly StoredId[]): string {
  const ids = rows.map(({ table, id }) => `${table} ${id}`).sort();
  return hash('sha256', ids.join('\n'), 'hex').slice(0, 16);
}
