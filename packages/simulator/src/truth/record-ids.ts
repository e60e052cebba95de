import { hash } from 'node:crypto';
import { transactionSlots } from '../contact/contact-record.js';
import type { JsonObject } from '../contact/json.js';

/**
 * Returns the ids of a contact's transactions that can have one; the filter plays no part. The first of one `fired` has
 * the plain form, the others add their number, or their position among them where they have none.
 */
export function transactionIds(contactId: string, contact: JsonObject): ReadonlyMap<JsonObject, string> {
  const byFired = new Map<string, JsonObject[]>();
  for (const { record } of transactionSlots(contact)) {
    if (!isText(record.fired)) continue;
    byFired.set(record.fired, [...(byFired.get(record.fired) ?? []), record]);
  }
  const ids = new Map<JsonObject, string>();
  for (const [fired, sameInstantTransactions] of byFired) {
    sameInstantTransactions.sort(byNumberThenDate).forEach((transaction, rank) => {
      const number = rank === 0 ? '' : (transaction.sequence_nr ?? rank + 1);
      ids.set(transaction, hash('md5', `${contactId}${fired}${number}`));
    });
  }
  return ids;
}

/** Returns a connection's id. A second holder of an API's id within a contact gets another (R18). */
export function connectionId(apiId: string, transactionId: string, taken: Set<string>): string {
  const id = taken.has(apiId) ? hash('md5', apiId + transactionId) : apiId;
  taken.add(id);
  return id;
}

/** Returns a recording's id; undefined for one that cannot have one. */
export function recordingId(connection: string, recording: JsonObject): string | undefined {
  const what = isText(recording.location) ? recording.location : recording.started;
  return isText(what) ? hash('md5', connection + what) : undefined;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Compares transactions. Sorting is stable, so equal ones keep their order. */
function byNumberThenDate(a: JsonObject, b: JsonObject): number {
  if (typeof a.sequence_nr === 'number' && typeof b.sequence_nr === 'number' && a.sequence_nr !== b.sequence_nr) {
    return a.sequence_nr - b.sequence_nr;
  }
  const [first, second] = [String(a.created_date), String(b.created_date)];
  return first === second ? 0 : first < second ? -1 : 1;
}
