import assert from 'node:assert/strict';
import { type ContactTree, rowsOfContact } from '../../contract/index.js';
import {
  md5Of,
  sampleConnection,
  sampleContact,
  sampleRecording,
  sampleTransaction,
  sampleTransactions,
} from '../sample-contacts.js';
import { rowsCase, type StoreCase } from '../store-case.js';
import { expectStored, storedIds } from '../stored-rows.js';

/** A row belongs to one contact, under the id that it has now. */
export const rowIdCases: readonly StoreCase[] = [
  rowsCase('ids that records had before are deleted with the write', async (bench) => {
    const { write } = await bench.writer();
    const [old] = sampleTransactions('A1');
    assert.ok(old);
    await write({ contacts: [sampleContact('A1')] });
    const below = old.connections.flatMap(({ id, recordings }) => [id, ...recordings.map((recording) => recording.id)]);
    const supersedes = [old.id, ...below, 'never-was'];
    const moved = sampleContact('A1', { md5: md5Of('newer'), transactions: [sampleTransaction('A1', 2)], supersedes });
    await write({ contacts: [moved] });
    await expectStored(bench.target, { contacts: [moved] });
  }),

  rowsCase('an id that a contact had before is not deleted of another contact', async (bench) => {
    const { write } = await bench.writer();
    const rows = [...rowsOfContact(sampleContact('A1'))].filter(({ table }) => table !== 'contacts');
    await write({ contacts: [sampleContact('A1')] });
    const claiming = sampleContact('B2', { supersedes: rows.map(({ id }) => id) });
    await write({ contacts: [claiming] });
    await expectStored(bench.target, { contacts: [sampleContact('A1'), claiming] });
  }),

  rowsCase('R18 an id that a row of another contact has stays with that contact', async (bench) => {
    const { write } = await bench.writer();
    const owner = contactWithConnection('A1', 'shared');
    const newcomer = contactWithConnection('B2', 'shared');
    await write({ contacts: [owner] });
    await write({ contacts: [newcomer] });
    const ids = await storedIds(bench.target, 'connections');
    await write({ contacts: [newcomer, owner] });
    assert.deepEqual(await storedIds(bench.target, 'connections'), ids, 'the ids when both are written again');
    for (const table of ['connections', 'recordings'] as const) {
      const stored = await bench.target.readRows(table);
      const byContact = new Map(stored.map((row) => [row.contactId, row]));
      assert.deepEqual([...byContact.keys()].sort(), ['A1', 'B2'], `the contacts that have ${table}`);
      const [owned] = [...rowsOfContact(owner)].filter((row) => row.table === table);
      assert.equal(byContact.get('A1')?.id, owned?.id, `the id of the first contact's row in ${table}`);
    }
  }),
];

function contactWithConnection(contactId: string, connectionId: string): ContactTree {
  const recordings = [sampleRecording(connectionId, 'https://records.example/a.mp3')];
  const connections = [sampleConnection(connectionId, { recordings })];
  return sampleContact(contactId, { transactions: [sampleTransaction(contactId, 1, {}, connections)] });
}
