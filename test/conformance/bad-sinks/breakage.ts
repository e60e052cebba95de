import type { Batch, ContactTree, Fields, StoreSink } from '@dbsync/core/contract';
import type { Breakage } from '../memory-subject.ts';

/** A sink for each case of a group: correct except for the promise of that case. */
export type Breakages = Readonly<Record<string, Breakage>>;

/** Changes the batch before it is written. */
export function changingBatch(change: (batch: Batch) => Batch): Breakage {
  return (good) => ({ write: (batch, claim, options) => good.write(change(batch), claim, options) });
}

/** Changes the contacts of each batch. */
export function changingContacts(change: (tree: ContactTree) => ContactTree): Breakage {
  return changingBatch((batch) => ({ ...batch, contacts: batch.contacts.map(change) }));
}

/** Changes the values of every record of a contact. */
export function changingValues(change: (values: Fields) => Fields): Breakage {
  return changingContacts((tree) => ({
    ...tree,
    values: change(tree.values),
    transactions: tree.transactions.map((transaction) => ({
      ...transaction,
      values: change(transaction.values),
      connections: transaction.connections.map((connection) => ({
        ...connection,
        values: change(connection.values),
        recordings: connection.recordings.map((recording) => ({ ...recording, values: change(recording.values) })),
      })),
    })),
  }));
}

/** Writes the parts one after the other, each in its own commit, and adds up their results. */
export async function writeInParts(
  parts: readonly Batch[],
  write: (part: Batch) => ReturnType<StoreSink['write']>,
): ReturnType<StoreSink['write']> {
  const sum = { inserted: 0, updated: 0, unchanged: 0, bytes: 0 };
  const changedUnderSameMd5: string[] = [];
  for (const part of parts) {
    const result = await write(part);
    for (const name of ['inserted', 'updated', 'unchanged', 'bytes'] as const) sum[name] += result[name];
    changedUnderSameMd5.push(...result.changedUnderSameMd5);
  }
  return { ...sum, changedUnderSameMd5 };
}
