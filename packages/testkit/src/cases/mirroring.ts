import assert from 'node:assert/strict';
import type { ContactAtVersion, RowTable } from '@dbsync/core/contract';
import { type CaseBench, STREAM, type Writer } from '../case-bench.js';
import { expectSinkError } from '../expect-sink-error.js';
import { sampleCall, sampleContact, sampleDeadLetter } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { storedIds } from '../stored-rows.js';
import { contactOf, isContact, listHeld, mirroringCase, mirroringOf, own } from './held-contacts.js';

/** Contacts that the campaign has no more are removed whole, and no others. */
export const mirroringCases: readonly StoreCase[] = [
  mirroringCase('R38 a contact is removed with all rows below it, and no other row', async (bench) => {
    const writer = await bench.writer();
    await writer.write({ contacts: [own('B2'), own('a1')] });
    await writer.write({ inboundCalls: [sampleCall('call-1', { contact_id: 'A1' })] });
    const before = await allIds(bench);
    await writer.write({ contacts: [own('A1')] });
    await writer.write({ deadLetters: [LETTERS.contact, LETTERS.message, LETTERS.other] });
    const removed = await remove(bench, writer, (await listHeld(bench, writer)).filter(isContact('A1')));
    assert.deepEqual(removed, ['A1']);
    assert.deepEqual(await allIds(bench), before, 'the rows left');
    const letters = await writer.sink.listDeadLetters(STREAM, { ...bench.options, limit: 100 });
    assert.deepEqual(letters.map(({ key }) => key).sort(), ['k2', 'k9'], 'the dead letters left');
    await writer.write({ contacts: [own('A1')] });
    const { size } = await writer.sink.readVersions(writer.claim, ['A1'], { ...bench.options, compareRows: true });
    assert.equal(size, 1, 'a contact that comes back is written whole');
  }),

  mirroringCase('R38 a contact that was written meanwhile keeps all its rows', async (bench) => {
    const writer = await bench.writer();
    await writer.write({ contacts: [own('A1'), own('B2')] });
    const held = await listHeld(bench, writer);
    const changed = sampleContact('A1', { md5: '0123456789abcdef0123456789abcdef', values: { $campaign_id: STREAM } });
    await writer.write({ contacts: [changed] });
    assert.deepEqual(await remove(bench, writer, held), ['B2']);
    assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1']);
    const { size } = await writer.sink.readVersions(writer.claim, ['A1'], { ...bench.options, compareRows: true });
    assert.equal(size, 1, 'the contact is whole');
  }),

  storeCase(
    'R38 rows whose parent is missing are removed with all rows below them, and no other row',
    async (bench) => {
      const writer = await bench.writer();
      const { mirroring } = writer.sink;
      if (mirroring === undefined) return;
      const [a1, b2] = [own('A1'), own('B2')];
      await writer.write({ contacts: [a1, b2] });
      const before = await allIds(bench);
      assert.equal(await mirroring.removeOrphans(writer.claim, ['A1', 'B2'], bench.options), 0);
      assert.deepEqual(await allIds(bench), before, 'the rows of whole contacts');
      // A target with foreign keys refuses this, and so has no such rows.
      const id = a1.transactions[0]?.id ?? '';
      const isKept = await bench.target.damage?.deleteRow('transactions', id).then(ignore, () => true);
      if (isKept === true) return;
      assert.equal(await mirroring.removeOrphans(writer.claim, ['B2'], bench.options), 0);
      assert.equal(await mirroring.removeOrphans(writer.claim, ['A1'], bench.options), 4);
      assert.deepEqual(await storedIds(bench.target, 'connections'), ['B2-c1', 'B2-c2']);
      assert.equal((await storedIds(bench.target, 'transactions')).length, 3);
      assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1', 'B2']);
    },
    'damage',
  ),

  mirroringCase('R38 a fenced claim removes nothing', async (bench) => {
    const writer = await bench.writer();
    await writer.write({ contacts: [own('A1')] });
    const held = await listHeld(bench, writer);
    await bench.takeOver(writer);
    await expectSinkError(remove(bench, writer, held), { verdict: 'fenced' });
    assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1']);
  }),

  mirroringCase('R38 the contacts of the stream are listed once each, page by page', async (bench) => {
    const writer = await bench.writer();
    const other = await bench.writer({ stream: 'CAMPAIGN2' });
    await other.write({ contacts: [contactOf('CAMPAIGN2', 'D1')] });
    await writer.write({ contacts: [...SEVEN.map(own), own('c1')] });
    const listed = (await listHeld(bench, writer)).map(({ contactId }) => contactId);
    assert.deepEqual(listed.sort(), ['C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'c1']);
  }),

  mirroringCase('R38 notes are kept after the sink is closed, and are removed with their contact', async (bench) => {
    const writer = await bench.writer();
    await writer.write({ contacts: SEVEN.slice(0, 3).map(own) });
    const note = '{"a":"ä \\" 1"}';
    await mirroringOf(writer).keepNotes(
      writer.claim,
      NOTED.map((contactId) => ({ contactId, note })),
      bench.options,
    );
    const next = await bench.takeOver(writer);
    const notes = async () => (await listHeld(bench, next)).flatMap((held) => (held.note === null ? [] : [held]));
    assert.deepEqual(
      (await notes()).map((held) => [held.contactId, held.note]),
      NOTED.map((contactId) => [contactId, note]),
    );
    await remove(bench, next, (await notes()).filter(isContact('C0')));
    await next.write({ contacts: [own('C0')] });
    await mirroringOf(next).keepNotes(next.claim, [{ contactId: 'C2', note: null }], bench.options);
    assert.deepEqual(await notes(), []);
  }),
];

const SEVEN = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C6'];
const NOTED = ['C0', 'C2'];

const LETTERS = {
  contact: sampleDeadLetter('k1', { kind: 'contact', contactId: 'A1' }),
  message: sampleDeadLetter('k2', { kind: 'message', contactId: 'A1' }),
  other: sampleDeadLetter('k9', { kind: 'contact', contactId: 'Z9' }),
};

const TABLES: readonly RowTable[] = ['contacts', 'transactions', 'connections', 'recordings', 'inbound_calls'];

async function remove({ options }: CaseBench, writer: Writer, contacts: readonly ContactAtVersion[]) {
  return [...(await mirroringOf(writer).remove(writer.claim, contacts, options))].sort();
}

async function allIds({ target }: CaseBench) {
  return Promise.all(TABLES.map((table) => storedIds(target, table)));
}

function ignore(): void {}
