import type { ContactTree, DeadLetter, StoreLimits } from '../contract/index.js';

/** Whole contacts, collected until the store's limits are reached. */
export interface ContactBatch {
  readonly contacts: readonly ContactTree[];
  /** Dead letters of contacts whose body could not be fetched. */
  readonly deadLetters: readonly DeadLetter[];
  /** All contacts that this batch decides about: their lanes end with its commit. */
  readonly contactIds: readonly string[];
}

export interface BatchBuilder {
  /** Adds a contact. Returns the batch if this contact filled it, else null. */
  addContact(tree: ContactTree, bytes: number): ContactBatch | null;
  addDeadLetter(contactId: string, deadLetter: DeadLetter): ContactBatch | null;
  /** Takes the records collected so far, and leaves the builder empty. Returns null if there are none. */
  take(): ContactBatch | null;
}

/** The smallest memory of a record, in bytes of JSON, even if its text is shorter. */
const RECORD_BYTES = 256;

export function createBatchBuilder(limits: StoreLimits): BatchBuilder {
  let contacts: ContactTree[] = [];
  let deadLetters: DeadLetter[] = [];
  let contactIds: string[] = [];
  let bytes = 0;

  const take = (): ContactBatch | null => {
    if (contactIds.length === 0) return null;
    const batch = { contacts, deadLetters, contactIds };
    contacts = [];
    deadLetters = [];
    contactIds = [];
    bytes = 0;
    return batch;
  };
  const takeIfFull = () => (contactIds.length >= limits.batchContacts || bytes >= limits.batchBytes ? take() : null);

  return {
    addContact(tree, treeBytes) {
      contacts.push(tree);
      contactIds.push(tree.contactId);
      bytes += Math.max(treeBytes, recordsOf(tree) * RECORD_BYTES);
      return takeIfFull();
    },
    addDeadLetter(contactId, deadLetter) {
      deadLetters.push(deadLetter);
      contactIds.push(contactId);
      bytes += deadLetter.body.length;
      return takeIfFull();
    },
    take,
  };
}

function recordsOf({ transactions }: ContactTree): number {
  let records = 1;
  for (const { connections } of transactions) {
    records += 1 + connections.length;
    for (const { recordings } of connections) records += recordings.length;
  }
  return records;
}
