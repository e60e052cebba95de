import assert from 'node:assert/strict';
import type { Explaining, RowTable } from '@dbsync/core/contract';
import { type CaseBench, STREAM, type Writer } from '../case-bench.js';
import { sampleCall, sampleContact } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';

/** Operators read what is stored of one contact, beside its writer and without a claim. */
export const explainingCases: readonly StoreCase[] = [
  explainingCase(
    'explain finds each stored record by exactly its id, with the contact that it names',
    async (bench) => {
      const writer = await bench.writer();
      const inboundCalls = [sampleCall('call-1', { campaign_id: STREAM, contact_id: 'A1' })];
      await writer.write({ contacts: [own('A1'), own('B2')] });
      await writer.write({ inboundCalls });
      const find = async (id: string) => {
        const found = await explainingOf(writer).findRecords(id, bench.options);
        return found.map(({ kind, contactId }) => `${kind} of ${contactId}`);
      };
      for (const table of ['contacts', 'transactions', 'connections', 'recordings'] as const) {
        for (const { id, contactId } of await bench.target.readRows(table)) {
          assert.deepEqual(await find(id), [`${table} of ${table === 'contacts' ? id : contactId}`]);
        }
      }
      assert.deepEqual(await find('call-1'), ['inbound_calls of A1']);
      for (const unknown of ['a1', 'A1 ', 'A', '', "'", 'x'.repeat(5_000), 'A\u0000']) {
        assert.deepEqual(await find(unknown), [], JSON.stringify(unknown).slice(0, 20));
      }
    },
  ),

  explainingCase('explain counts the records of a contact, and tells when a write changed them', async (bench) => {
    const writer = await bench.writer();
    const inboundCalls = [sampleCall('call-1', { campaign_id: STREAM, contact_id: 'A1' })];
    await writer.write({ contacts: [own('A1'), own('B2')] });
    await writer.write({ inboundCalls });
    const describe = (id: string) => explainingOf(writer).describeContact(STREAM, id, bench.options);
    const count = async (table: RowTable) =>
      (await bench.target.readRows(table)).filter(({ contactId }) => contactId === 'A1').length;
    const found = await describe('A1');
    assert.deepEqual(found, {
      md5: own('A1').md5,
      stream: STREAM,
      changedAt: found?.changedAt,
      records: {
        contacts: 1,
        transactions: await count('transactions'),
        connections: await count('connections'),
        recordings: await count('recordings'),
        inbound_calls: 1,
      },
      note: null,
      ...(found?.deletedAt !== undefined && { deletedAt: null }),
    });
    const { changedAt = null } = found ?? {};
    if (changedAt !== null) assert.equal(new Date(changedAt).toISOString(), changedAt);
    assert.equal(await describe('C3'), null);
    assert.equal(await describe('a1'), null);
  }),

  explainingCase('explain gives the note that core keeps about a contact', async (bench) => {
    const writer = await bench.writer();
    await writer.write({ contacts: [own('A1'), own('B2')] });
    const { mirroring } = writer.sink;
    if (mirroring === undefined) return;
    await mirroring.keepNotes(writer.claim, [{ contactId: 'A1', note: 'missed once' }], bench.options);
    const held = await mirroring.listHeld(writer.claim, { ...bench.options, limit: 10 });
    for (const id of ['A1', 'B2']) {
      const found = await explainingOf(writer).describeContact(STREAM, id, bench.options);
      assert.equal(found?.note, held.find(({ contactId }) => contactId === id)?.note ?? null);
    }
  }),
];

function own(contactId: string) {
  const tree = sampleContact(contactId);
  return { ...tree, values: { ...tree.values, $campaign_id: STREAM } };
}

function explainingCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'explaining');
}

function explainingOf({ sink }: Writer): Explaining {
  assert.ok(sink.explaining, 'the sink has explaining');
  return sink.explaining;
}
