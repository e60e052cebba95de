import assert from 'node:assert/strict';
import type {
  ContactTree,
  ExpectedContact,
  Fields,
  InboundCall,
  RowDifference,
  Verifying,
} from '@dbsync/core/contract';
import { type CaseBench, STREAM, type Writer } from '../case-bench.js';
import { sampleCall, sampleContact, sampleTransaction } from '../samples/sample-contacts.js';
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

  verifyingCase('verify shows by the version of a contact whether it was written meanwhile', async (bench) => {
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
    const some = { ...bench.options, limit: 10, contactIds: ['C1', 'D1', 'E1'] };
    assert.deepEqual(await verifyingOf(writer).listStored(STREAM, some), ['C1'], 'those of the stream among some');
    assert.deepEqual(await verifyingOf(writer).listOrphans({ ...bench.options, limit: 10 }), []);
  }),

  storeCase(
    'verify names a contact below which another program deleted or added a row, and rows without a parent',
    async (bench) => {
      const writer = await bench.writer();
      const { verifying } = writer.sink;
      if (verifying === undefined) return;
      const trees = ['A1', 'B2', 'C3'].map(own);
      await writer.write({ contacts: trees });
      const asked = ['A1', 'B2', 'C3'].map(expected);
      assert.deepEqual(await kinds(bench, writer, asked), []);
      assert.deepEqual(await verifying.listOrphans({ ...bench.options, limit: 10 }), []);
      const [connection] = trees[0]?.transactions[0]?.connections ?? [];
      const [recording] = connection?.recordings ?? [];
      await bench.target.damage?.deleteRow('recordings', recording?.id ?? '');
      assert.deepEqual(await kinds(bench, writer, asked), ['A1 broken']);
      await writer.write({ contacts: trees.slice(0, 1) });
      // A target with foreign keys keeps the connection, so it has no row without a parent.
      const isKept = await bench.target.damage?.deleteRow('connections', connection?.id ?? '').then(ignore, () => true);
      if (isKept === true) return;
      const orphans = await verifying.listOrphans({ ...bench.options, limit: 10 });
      assert.deepEqual(
        orphans.filter(({ table }) => table === 'recordings'),
        [{ table: 'recordings', id: recording?.id, contactId: 'A1' }],
      );
      const orphansOf = (id: string) => verifying.listOrphans({ ...bench.options, limit: 10, contactIds: [id] });
      assert.deepEqual(await orphansOf('A1'), orphans);
      assert.deepEqual(await orphansOf('B2'), [], 'the orphans of a contact without any');
      assert.deepEqual(await kinds(bench, writer, asked), ['A1 broken']);
    },
    'damage',
  ),

  verifyingCase('verify names each row and cell that is not as the campaign has it, and no others', async (bench) => {
    const writer = await bench.writer();
    const trees = ['A1', 'B2', 'C3', 'D4'].map(own);
    const calls = [callOf('call-1'), callOf('call-2')];
    await writer.write({ contacts: trees, inboundCalls: calls });
    const look = async (contacts: readonly ContactTree[], inboundCalls: readonly InboundCall[]) =>
      shown(await verifyingOf(writer).compareRows(STREAM, { contacts, inboundCalls }, bench.options));
    assert.deepEqual(await look(trees, calls), []);
    const [a1, b2, , d4] = trees as [ContactTree, ContactTree, ContactTree, ContactTree];
    const added = sampleTransaction('B2', 7);
    const changed = [
      { ...a1, values: { ...a1.values, $status: 'other', city: '' } },
      { ...b2, transactions: [...b2.transactions, added] },
      { ...d4, values: { ...d4.values, city: null } },
      own('E5'),
    ];
    assert.deepEqual(await look(changed, [callOf('call-1', { user: 'agent.9' }), callOf('call-3')]), [
      'contacts A1 $status: other, not success',
      'contacts A1 city: , not Łódź',
      'contacts D4 city: null, not Łódź',
      'contacts E5 is missing',
      'inbound_calls call-1 user: agent.9, not agent.1',
      'inbound_calls call-3 is missing',
      `transactions ${added.id} is missing`,
    ]);
  }),

  verifyingCase('verify lists the requests in the mailbox that are not settled yet', async (bench) => {
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

function callOf(id: string, values: Fields = {}): InboundCall {
  return sampleCall(id, { campaign_id: STREAM, user: 'agent.1', ...values });
}

function ignore(): void {}

/** Rows below a contact that is missing are left out. */
function shown(found: readonly RowDifference[]): readonly string[] {
  const missing = new Set(
    found.filter(({ kind, cells }) => kind === 'contacts' && cells.length === 0).map(({ id }) => id),
  );
  return found
    .filter(({ kind, contactId }) => kind === 'contacts' || !missing.has(contactId ?? ''))
    .flatMap(({ kind, id, cells }) =>
      cells.length === 0
        ? [`${kind} ${id} is missing`]
        : cells.map((cell) => `${kind} ${id} ${cell.field}: ${cell.expected}, not ${cell.stored}`),
    )
    .sort();
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
