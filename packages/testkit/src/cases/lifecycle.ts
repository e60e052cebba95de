import assert from 'node:assert/strict';
import { type CaseBench, STREAM, writerOf } from '../case-bench.js';
import { expectFindings } from '../expect-findings.js';
import { expectNothingLeft } from '../open-handles.js';
import { sampleContact, sampleContacts, sampleProgress } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { storedIds } from '../stored-rows.js';

/** The calls from `open` to `close`. */
export const lifecycleCases: readonly StoreCase[] = [
  storeCase('an empty target has no progress and no rows of others', async (bench) => {
    const sink = await bench.open();
    const { progress, hasForeignRows, hasLostRows = false } = await sink.readState(STREAM, bench.options);
    assert.deepEqual({ progress, hasForeignRows, hasLostRows }, { ...NOTHING_AMISS, progress: null }, 'the state');
  }),

  storeCase('any other sink reads exactly the progress that was committed last', async (bench) => {
    const { write } = await bench.writer();
    const full = sampleProgress(7);
    const other = { ...full, since: null, eventsUntil: null, backfill: null, md5Proves: false, plan: null };
    for (const progress of [full, other, full]) {
      await write({ contacts: [sampleContact('A1')], progress });
      const reader = await bench.open();
      const { hasLostRows = false, heldBy: _, ...state } = await reader.readState(STREAM, bench.options);
      assert.deepEqual({ ...state, hasLostRows }, { ...NOTHING_AMISS, progress }, 'the state');
    }
  }),

  storeCase('a health check returns findings, before any claim', async (bench) => {
    const sink = await bench.open();
    const findings = await sink.checkHealth(bench.options);
    expectFindings(findings);
  }),

  storeCase('contacts can be read back, page by page in the order of their ids', async (bench) => {
    const { sink, write } = await bench.writer();
    if (sink.readContacts === undefined) return;
    const contacts = sampleContacts(7);
    await write({ contacts });
    const page = async (after?: string) => {
      const options = { ...bench.options, limit: 3, ...(after !== undefined && { after }) };
      return (await sink.readContacts?.(STREAM, options))?.map(({ contactId }) => contactId);
    };
    const ids = contacts.map(({ contactId }) => contactId);
    assert.deepEqual(await page(), ids.slice(0, 3), 'the first page');
    assert.deepEqual(await page('C2'), ids.slice(3, 6), 'the second page');
    assert.deepEqual(await page('C6'), [], 'the page behind the last');
  }),

  storeCase('a second close does nothing, and another sink on the target still works', async (bench) => {
    const closed = await bench.open();
    const { write } = await bench.writer();
    await closed.close();
    await closed.close();
    await write({ contacts: [sampleContact('A1')] });
    assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1'], 'the contacts');
  }),

  storeCase('a closed sink leaves no timer, socket or file behind', (bench) =>
    expectNothingLeft(() => useAndClose(bench)),
  ),
];

const NOTHING_AMISS = { hasForeignRows: false, hasLostRows: false };

async function useAndClose({ target, options }: CaseBench): Promise<void> {
  const sink = target.createSink();
  try {
    await sink.open(options);
    await sink.declareFields([], options);
    const { claim, write } = await writerOf(sink, {}, options);
    await write({ contacts: [sampleContact('A1')], progress: sampleProgress(1) });
    await sink.release(claim, options);
  } finally {
    await sink.close();
  }
}
