import { type ContactTree, type Fields, fieldOf, rowsOfContact, SinkError } from '@dbsync/core/contract';
import { type Breakages, changingBatch, changingContacts } from './breakage.ts';

/** Sinks that each break a promise about rows or their ids. */
export const badWithRows: Breakages = {
  'a contact and all records below it come back as they were written': (good, { contacts }) => ({
    write: (batch, claim, options) => {
      const isThere = ({ values }: { values: Fields }) => contacts.has(String(fieldOf(values, 'contact_id')));
      const inboundCalls = batch.inboundCalls.filter((call) => !('contact_id' in call.values) || isThere(call));
      return good.write({ ...batch, inboundCalls }, claim, options);
    },
  }),

  'a batch that is written twice is stored once, and the second write changes nothing': (good) => ({
    write: async (batch, claim, options) => {
      const result = await good.write(batch, claim, options);
      const isRepeated = result.inserted + result.updated === 0;
      return isRepeated ? { ...result, updated: result.unchanged, unchanged: 0 } : result;
    },
  }),

  'only the changed rows of a changed contact are written': (good) => ({
    write: async (batch, claim, options) => {
      const result = await good.write(batch, claim, options);
      return result.updated > 0 ? { ...result, updated: result.updated + result.unchanged, unchanged: 0 } : result;
    },
  }),

  'a field that a newer body lacks becomes empty, in each record': (good, { contacts }) => ({
    write: (batch, claim, options) => {
      const merged = batch.contacts.map((tree) => ({
        ...tree,
        values: { ...contacts.get(tree.contactId)?.tree.values, ...tree.values },
      }));
      return good.write({ ...batch, contacts: merged }, claim, options);
    },
  }),

  'each connection of a chain is stored below its parent': changingContacts(withoutDeepParents),

  'a batch as large as the limits allow is written at once, and a single larger contact alone': changingBatch(
    (batch) => {
      if (batch.contacts.length <= 400) return batch;
      throw new SinkError('BAD_TOO_LARGE', 'Too many parameters.', { verdict: 'retryable', outcome: 'not-committed' });
    },
  ),

  'ids that records had before are deleted with the write': changingContacts((tree) => ({ ...tree, formerIds: [] })),

  'an id that a contact had before is not deleted from another contact': (good, { ledger, messages }) => ({
    write: (batch, claim, options) => {
      const ids = new Set(batch.contacts.flatMap(({ formerIds }) => formerIds));
      for (const record of [...ledger.keys()].filter((key) => ids.has(key.slice(key.indexOf(' ') + 1)))) {
        ledger.delete(record);
        messages.push({ record, gone: true });
      }
      return good.write(batch, claim, options);
    },
  }),

  'R18 an id that a row of another contact has stays with that contact': (good, target) => ({
    write: (batch, claim, options) => {
      const { ledger, load } = target;
      if (load !== null) return good.write(batch, claim, options);
      for (const { table, id, contactId } of batch.contacts.flatMap((tree) => [...rowsOfContact(tree)])) {
        const entry = ledger.get(`${table} ${id}`);
        if (entry) ledger.set(`${table} ${id}`, { ...entry, contactId });
      }
      return good.write(batch, claim, options);
    },
  }),

  "R18 two streams do not overwrite each other's rows of one contact": (good, { contacts }) => ({
    write: (batch, claim, options) => {
      for (const { contactId } of batch.contacts) {
        const known = contacts.get(contactId);
        if (known) contacts.set(contactId, { ...known, formerStreams: [] });
      }
      return good.write(batch, claim, options);
    },
  }),

  "R18 two streams do not overwrite each other's row of one inbound call": (good, { callStreams }) => ({
    write: (batch, claim, options) => {
      for (const { id } of batch.inboundCalls) callStreams.delete(id);
      return good.write(batch, claim, options);
    },
  }),

  'R18 notify reports a contact that goes to another stream, at warn, with its id': (good, { notices }) => ({
    write: async (batch, claim, options) => {
      const result = await good.write(batch, claim, options);
      notices.length = 0;
      return result;
    },
  }),
};

/** Leaves only the first generation below the top with its parent. */
function withoutDeepParents(tree: ContactTree): ContactTree {
  return {
    ...tree,
    transactions: tree.transactions.map((transaction) => {
      const tops = new Set(transaction.connections.filter(({ parentId }) => parentId === null).map(({ id }) => id));
      const connections = transaction.connections.map((connection) => ({
        ...connection,
        parentId: connection.parentId !== null && tops.has(connection.parentId) ? connection.parentId : null,
      }));
      return { ...transaction, connections };
    }),
  };
}
