import assert from 'node:assert/strict';
import type { ContactTree, ExpectedContact, Verifying } from '@dbsync/core/contract';
import { type CaseBench, STREAM, type Writer } from '../case-bench.js';
import { sampleContact } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';

/** A copy is compared with the campaign, beside its writer and without a claim. */
export const verifyingCases: readonly StoreCase[] = [
  verifyingCase('verify names the contacts that are missing or of another version, and no others', async (bench) => {
    const writer = await bench.writer();
    await writer.write({ contacts: ['A1', 'B2', 'C3'].map(own) });
    const asked = [expected('A1'), { id: 'B2', md5: 'another' }, { id: 'C3', md5: null }, expected('D4')];
    assert.deepEqual(await kinds(bench, writer, asked), ['B2 stale', 'D4 missing']);
    assert.deepEqual(await kinds(bench, writer, asked, [writer.claim.plan]), ['B2 stale', 'D4 missing']);
    assert.deepEqual(await kinds(bench, writer, [expected('A1')], ['another plan']), ['A1 unproved']);
  }),

  verifyingCase('verify tells by the version of a contact whether it was written meanwhile', async (bench) => {
    const writer = await bench.writer();
    await writer.write({ contacts: [own('A1'), own('B2')] });
    const look = async () => {
      const asked = ['A1', 'B2'].map((id) => ({ id, md5: 'newest' }));
      const found = await verifyingOf(writer).compare(STREAM, asked, { ...bench.options, plans: [] });
      return new Map(found.map(({ contactId, version }) => [contactId, version]));
    };
    const before = await look();
    await writer.write({ contacts: [{ ...own('A1'), md5: 'newer' }] });
    const after = await look();
    assert.equal(after.get('B2'), before.get('B2'), 'the version of a contact that was not written');
    assert.notEqual(after.get('A1'), before.get('A1'), 'the version of a contact that was written');
  }),

  verifyingCase('verify never names a contact that was forgotten', async (bench) => {
    const writer = await bench.writer();
    await writer.write({ contacts: [own('A1'), own('B2')] });
    await writer.sink.erasure?.forget(['A1'], bench.options);
    const asked = [expected('A1'), expected('B2'), expected('C3')];
    assert.deepEqual(await kinds(bench, writer, asked), ['C3 missing']);
  }),

  verifyingCase('verify lists the stored contacts of the stream once each, page by page', async (bench) => {
    const writer = await bench.writer();
    const other = await bench.writer({ stream: 'CAMPAIGN2' });
    await other.write({ contacts: [contactOf('CAMPAIGN2', 'D1')] });
    await writer.write({ contacts: ['C0', 'C1', 'C2', 'C3', 'C4', 'c1'].map(own) });
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const options = { ...bench.options, limit: 2, ...(after === undefined ? {} : { after }) };
      const page = await verifyingOf(writer).listStored(STREAM, options);
      ids.push(...page);
      after = page.at(-1);
      assert.ok(ids.length < 100, 'the pages end');
    } while (after !== undefined);
    assert.deepEqual(ids.sort(), ['C0', 'C1', 'C2', 'C3', 'C4', 'c1']);
    assert.equal(await verifyingOf(writer).countStored(STREAM, bench.options), 6);
    assert.deepEqual(await verifyingOf(writer).listOrphans({ ...bench.options, limit: 10 }), []);
  }),

  verifyingCase('verify sees in the mailbox which requests are not settled yet', async (bench) => {
    const writer = await bench.writer();
    const pending = async () => [...(await verifyingOf(writer).listRequests(STREAM, bench.options))].sort();
    for (const key of ['k1', 'k2'])
      await writer.sink.postRequest(STREAM, { key, kind: 'refetch', contactIds: ['A1'] }, bench.options);
    assert.deepEqual(await pending(), ['k1', 'k2']);
    await writer.write({ settled: ['k1'] });
    assert.deepEqual(await pending(), ['k2']);
  }),
];

function contactOf(stream: string, contactId: string): ContactTree {
  const tree = sampleContact(contactId);
  return { ...tree, values: { ...tree.values, $campaign_id: stream } };
}

function own(contactId: string): ContactTree {
  return contactOf(STREAM, contactId);
}

function expected(id: string): ExpectedContact {
  return { id, md5: own(id).md5 };
}

function verifyingCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'verifying');
}

function verifyingOf({ sink }: Writer): Verifying {
  assert.ok(sink.verifying, 'the sink has verifying');
  return sink.verifying;
}

async function kinds(
  { options }: CaseBench,
  writer: Writer,
  asked: readonly ExpectedContact[],
  plans: readonly string[] = [],
) {
  const found = await verifyingOf(writer).compare(STREAM, asked, { ...options, plans });
  return found.map(({ contactId, kind }) => `${contactId} ${kind}`).sort();
}
