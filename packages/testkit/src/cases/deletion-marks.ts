import assert from 'node:assert/strict';
import type { ContactAtVersion } from '@dbsync/core/contract';
import { type CaseBench, STREAM, type Writer } from '../case-bench.js';
import { expectSinkError } from '../expect-sink-error.js';
import { sampleContact } from '../samples/sample-contacts.js';
import type { StoreCase } from '../store-case.js';
import { contactOf, isContact, listHeld, mirroringCase, mirroringOf, own } from './held-contacts.js';

/** Contacts that the campaign has no more are marked, and lose their mark when they are back. */
export const deletionMarkCases: readonly StoreCase[] = [
  markCase(
    'R38 a mark is kept after the sink is closed, and changes nothing else of its contact',
    async (bench, writer) => {
      await writer.write({ contacts: [own('A1'), own('B2')] });
      const before = await listHeld(bench, writer);
      assert.deepEqual(await mark(bench, writer, before.filter(isContact('A1')), DELETED_AT), ['A1']);
      const next = await bench.takeOver(writer);
      const marked = before.map((held) => ({ ...held, deletedAt: held.contactId === 'A1' ? DELETED_AT : null }));
      assert.deepEqual(await listHeld(bench, next), marked);
      const records = { contacts: [own('A1'), own('B2')], inboundCalls: [] };
      const differing = await next.sink.verifying?.compareRows(STREAM, records, bench.options);
      assert.deepEqual(differing ?? [], [], 'a mark is no difference from the campaign');
      const versions = await next.sink.readVersions(next.claim, ['A1', 'B2'], { ...bench.options, compareRows: true });
      assert.equal(versions.size, 2, 'both contacts are still proved');
      for (const { contactId, deletedAt } of marked) {
        const described = await next.sink.explaining?.describeContact(STREAM, contactId, bench.options);
        if (described) assert.equal(described.deletedAt, deletedAt);
      }
      assert.deepEqual(await mark(bench, next, before.filter(isContact('A1')), null), ['A1']);
      assert.deepEqual(await listHeld(bench, next), before);
    },
  ),

  markCase('R38 a write takes the mark of its contact away, though the contact is the same', async (bench, writer) => {
    await writer.write({ contacts: [own('A1'), own('B2')] });
    const before = await listHeld(bench, writer);
    await mark(bench, writer, before, DELETED_AT);
    const { changedUnderSameMd5 } = await writer.write({ contacts: [own('A1')] });
    assert.deepEqual(changedUnderSameMd5, [], 'a mark is no evidence about md5s');
    const marks = (await listHeld(bench, writer)).map(({ contactId, deletedAt }) => [contactId, deletedAt]);
    assert.deepEqual(marks, [
      ['A1', null],
      ['B2', DELETED_AT],
    ]);
  }),

  markCase(
    'R38 a mark meets no other version of its contact, and no contact of another stream',
    async (bench, writer) => {
      const other = await bench.writer({ stream: 'CAMPAIGN2' });
      await other.write({ contacts: [contactOf('CAMPAIGN2', 'D1')] });
      await writer.write({ contacts: [own('A1'), own('B2')] });
      const held = [...(await listHeld(bench, writer)), ...(await listHeld(bench, other))];
      const changed = sampleContact('A1', {
        md5: '0123456789abcdef0123456789abcdef',
        values: { $campaign_id: STREAM },
      });
      await writer.write({ contacts: [changed] });
      assert.deepEqual(await mark(bench, writer, held, DELETED_AT), ['B2']);
      const marks = [...(await listHeld(bench, writer)), ...(await listHeld(bench, other))];
      assert.deepEqual(
        marks.map(({ contactId, deletedAt }) => [contactId, deletedAt]),
        [
          ['A1', null],
          ['B2', DELETED_AT],
          ['D1', null],
        ],
      );
    },
  ),

  markCase('R38 a fenced claim sets no mark', async (bench, writer) => {
    await writer.write({ contacts: [own('A1')] });
    const held = await listHeld(bench, writer);
    const next = await bench.takeOver(writer);
    await expectSinkError(mark(bench, writer, held, DELETED_AT), { verdict: 'fenced' });
    assert.deepEqual(await listHeld(bench, next), held);
  }),
];

const DELETED_AT = '2026-03-02T00:00:01.500Z';

/** Makes a case about marks. A target that keeps none has nothing to show. */
function markCase(name: string, check: (bench: CaseBench, writer: Writer) => Promise<void>): StoreCase {
  return mirroringCase(name, async (bench) => {
    const probe = await bench.writer({ stream: 'CAMPAIGN3' });
    await probe.write({ contacts: [contactOf('CAMPAIGN3', 'Z1')] });
    const [held] = await listHeld(bench, probe);
    if (held?.deletedAt !== undefined) await check(bench, await bench.writer());
  });
}

async function mark(
  { options }: CaseBench,
  writer: Writer,
  contacts: readonly ContactAtVersion[],
  deletedAt: string | null,
) {
  const marks = contacts.map(({ contactId, version }) => ({ contactId, version, deletedAt }));
  return [...(await mirroringOf(writer).mark(writer.claim, marks, options))].sort();
}
