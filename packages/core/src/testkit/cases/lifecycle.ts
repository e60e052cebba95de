import assert from 'node:assert/strict';
import { sampleContact } from '../sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { storedIds } from '../stored-rows.js';

/** From `open` to `close`. */
export const lifecycleCases: readonly StoreCase[] = [
  storeCase('a second close does nothing, and another sink on the target works on', async (bench) => {
    const closed = await bench.open();
    const { write } = await bench.writer();
    await closed.close();
    await closed.close();
    await write({ contacts: [sampleContact('A1')] });
    assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1'], 'the contacts');
  }),
];
