import assert from 'node:assert/strict';
import { rowsOfContact } from '../../contract/index.js';
import { sampleCall, sampleContact } from '../sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { expectStored, storedIds } from '../stored-rows.js';

/** Rows are what the upstream said, however often it said it. */
export const rowCases: readonly StoreCase[] = [
  storeCase('a contact and all that hangs below it come back as they went in', async (bench) => {
    const { write } = await bench.writer();
    const contacts = [sampleContact('A1'), sampleContact('B2')];
    const inboundCalls = [sampleCall('call-1', { contact_id: 'A1' }), sampleCall('call-2', { contact_id: 'nobody' })];
    const result = await write({ contacts, inboundCalls });
    await expectStored(bench.target, { contacts, inboundCalls });
    const rows = contacts.flatMap((tree) => [...rowsOfContact(tree)]).length + inboundCalls.length;
    assert.equal(result.inserted, rows, 'rows inserted');
    assert.deepEqual([result.updated, result.unchanged], [0, 0], 'rows updated and unchanged');
  }),

  storeCase('what is written twice is there once, and the second time nothing is written', async (bench) => {
    const { write } = await bench.writer();
    const batch = { contacts: [sampleContact('A1')], inboundCalls: [sampleCall('call-1')] };
    const { inserted } = await write(batch);
    const again = await write(batch);
    assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1'], 'the contacts');
    assert.deepEqual(await storedIds(bench.target, 'inbound_calls'), ['call-1'], 'the inbound calls');
    assert.deepEqual(
      [again.inserted, again.updated, again.unchanged],
      [0, 0, inserted],
      'inserted, updated, unchanged',
    );
  }),
];
