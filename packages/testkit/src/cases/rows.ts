import assert from 'node:assert/strict';
import { type ContactTree, type Fields, rowsOfContact, type WriteResult } from '@dbsync/core/contract';
import {
  md5Of,
  sampleCall,
  sampleConnection,
  sampleContact,
  sampleTransaction,
  sampleTransactions,
} from '../samples/sample-contacts.js';
import { rowsCase, type StoreCase } from '../store-case.js';
import { expectStored, storedIds } from '../stored-rows.js';

/** Rows hold what the upstream sent, however often it was sent. */
export const rowCases: readonly StoreCase[] = [
  rowsCase('a contact and all records below it come back as they were written', async (bench) => {
    const { write } = await bench.writer();
    const contacts = [sampleContact('A1'), sampleContact('B2')];
    const inboundCalls = [sampleCall('call-1', { contact_id: 'A1' }), sampleCall('call-2', { contact_id: 'nobody' })];
    const result = await write({ contacts, inboundCalls });
    await expectStored(bench.target, { contacts, inboundCalls });
    const rows = contacts.flatMap((tree) => [...rowsOfContact(tree)]).length + inboundCalls.length;
    assert.deepEqual(countsOf(result), [rows, 0, 0], 'rows inserted, updated, unchanged');
  }),

  rowsCase('a batch that is written twice is stored once, and the second write changes nothing', async (bench) => {
    const { write } = await bench.writer();
    const batch = { contacts: [sampleContact('A1')], inboundCalls: [sampleCall('call-1')] };
    const { inserted } = await write(batch);
    const again = await write(batch);
    assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1'], 'the contacts');
    assert.deepEqual(await storedIds(bench.target, 'inbound_calls'), ['call-1'], 'the inbound calls');
    assert.deepEqual(countsOf(again), [0, 0, inserted], 'rows inserted, updated, unchanged');
  }),

  rowsCase('only the changed rows of a changed contact are written', async (bench) => {
    const { write } = await bench.writer();
    const { inserted } = await write({ contacts: [sampleContact('A1'), sampleContact('B2')] });
    const [first, second] = sampleTransactions('A1');
    assert.ok(first && second);
    const edited = { ...second, values: { ...second.values, status: 'edited' } };
    const transactions = [first, edited, sampleTransaction('A1', 3)];
    const newer = sampleContact('A1', { md5: md5Of('newer'), transactions });
    const result = await write({ contacts: [newer, sampleContact('B2')] });
    assert.deepEqual(countsOf(result), [1, 2, inserted - 2], 'rows inserted, updated (with the md5), unchanged');
  }),

  rowsCase('a field that a newer body lacks becomes empty, in each record', async (bench) => {
    const { write } = await bench.writer();
    await write({ contacts: [sampleContact('A1')], inboundCalls: [sampleCall('call-1')] });
    const newer = bare(sampleContact('A1', { md5: md5Of('newer') }));
    const inboundCalls = [{ id: 'call-1', values: { id: 'call-1' } }];
    await write({ contacts: [newer], inboundCalls });
    await expectStored(bench.target, { contacts: [newer], inboundCalls });
  }),

  rowsCase('each connection of a chain is stored below its parent', async (bench) => {
    const { write } = await bench.writer();
    const chain = [1, 2, 3, 4, 5, 6].map((nr) =>
      sampleConnection(`link-${7 - nr}`, { parentId: nr === 1 ? null : `link-${8 - nr}` }),
    );
    const contacts = [sampleContact('A1', { transactions: [sampleTransaction('A1', 1, {}, chain)] })];
    await write({ contacts });
    await expectStored(bench.target, { contacts });
  }),

  rowsCase(
    'a batch as large as the limits allow is written at once, and a single larger contact alone',
    async (bench) => {
      const { sink, write } = await bench.writer();
      const { batchContacts, batchBytes } = sink.limits;
      const contacts = Array.from({ length: Math.min(batchContacts, 2_000) }, (_, nr) =>
        sampleContact(`C${nr}`, { transactions: [] }),
      );
      assert.equal((await write({ contacts })).inserted, contacts.length, 'rows inserted');
      const text = 'x'.repeat(Math.min(batchBytes, 20_000_000));
      await write({ contacts: [sampleContact('LARGE', { values: { $comment: text }, transactions: [] })] });
      const stored = await bench.target.readRows('contacts');
      assert.equal(stored.length, contacts.length + 1, 'contacts stored');
      assert.ok(stored.find(({ id }) => id === 'LARGE')?.values.$comment === text, 'the large text is another now');
    },
  ),
];

function countsOf({ inserted, updated, unchanged }: WriteResult): readonly number[] {
  return [inserted, updated, unchanged];
}

/** Returns the same records, each with only the values that its id is made of. */
function bare(tree: ContactTree): ContactTree {
  return {
    ...tree,
    values: only(tree.values, '$id', '$md5'),
    transactions: tree.transactions.map((transaction) => ({
      ...transaction,
      values: only(transaction.values, 'id', 'fired'),
      connections: transaction.connections.map((connection) => ({
        ...connection,
        values: only(connection.values, 'id'),
        recordings: connection.recordings.map((recording) => ({
          ...recording,
          values: only(recording.values, 'location'),
        })),
      })),
    })),
  };
}

function only(values: Fields, ...names: string[]): Fields {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}
