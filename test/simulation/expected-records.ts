import { hash } from 'node:crypto';
import type { UpstreamTransaction } from './campaign.ts';

/**
 * The records that a whole copy of a contact holds, as `table id`: their ids by the rules of the old client, told once more
 * here, apart from the code under test.
 */
export function expectedRecords(contactId: string, transactions: readonly UpstreamTransaction[]): readonly string[] {
  const records = [`contacts ${contactId}`];
  const ordered = [...transactions].sort((a, b) => a.sequence_nr - b.sequence_nr);
  const fired = new Set<string>();
  for (const transaction of ordered) {
    const isFirst = !fired.has(transaction.fired);
    fired.add(transaction.fired);
    const id = transactionId(contactId, transaction, isFirst);
    records.push(`transactions ${id}`);
    for (const connection of transaction.connections) {
      records.push(`connections ${connection.id}`);
      for (const { started, location } of connection.recordings) {
        records.push(`recordings ${hash('md5', connection.id + (location ?? started))}`);
      }
    }
  }
  return records;
}

function transactionId(contactId: string, { fired, sequence_nr }: UpstreamTransaction, isFirst: boolean): string {
  return hash('md5', isFirst ? contactId + fired : contactId + fired + sequence_nr);
}
