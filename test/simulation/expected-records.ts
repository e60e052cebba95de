import { hash } from 'node:crypto';
import type { UpstreamTransaction } from './campaign.ts';

/** A record, and the transaction that it belongs to; null: it is the contact's own. */
export interface ExpectedRecord {
  /** The record as `table id`. */
  readonly record: string;
  readonly below: UpstreamTransaction | null;
}

/**
 * Returns the records that a whole copy of a contact holds: their ids by the rules of the old client, written once more
 * here, apart from the code under test.
 */
export function expectedRecords(
  contactId: string,
  transactions: readonly UpstreamTransaction[],
): readonly ExpectedRecord[] {
  const records: ExpectedRecord[] = [{ record: `contacts ${contactId}`, below: null }];
  const add = (record: string, below: UpstreamTransaction) => void records.push({ record, below });
  const ordered = [...transactions].sort((a, b) => a.sequence_nr - b.sequence_nr);
  const fired = new Set<string>();
  for (const transaction of ordered) {
    const isFirst = !fired.has(transaction.fired);
    fired.add(transaction.fired);
    const id = transactionId(contactId, transaction, isFirst);
    add(`transactions ${id}`, transaction);
    for (const connection of transaction.connections) {
      add(`connections ${connection.id}`, transaction);
      for (const { started, location } of connection.recordings) {
        add(`recordings ${hash('md5', connection.id + (location ?? started))}`, transaction);
      }
    }
  }
  return records;
}

function transactionId(contactId: string, { fired, sequence_nr }: UpstreamTransaction, isFirst: boolean): string {
  return hash('md5', isFirst ? contactId + fired : contactId + fired + sequence_nr);
}
