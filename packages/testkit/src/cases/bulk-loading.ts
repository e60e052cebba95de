import assert from 'node:assert/strict';
import type { BuildStep, ContactTree } from '@dbsync/core/contract';
import { batchOf, type CaseBench, SAMPLE_FIELDS, type Writer } from '../case-bench.js';
import { md5Of, sampleConnection, sampleContact, sampleTransaction } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { expectStored } from '../stored-rows.js';

/** A first copy is loaded without keys, and they are built at its end. */
export const bulkLoadingCases: readonly StoreCase[] = [
  bulkCase('R20 a first copy that was loaded without keys is like any other once its keys stand', async (bench) => {
    const loader = await bench.loader();
    const contacts = ['A1', 'B2', 'C3'].map((id) => sampleContact(id));
    assert.equal(await isLoading(bench, loader), true, 'readState says so while it is loaded');
    for (const contact of contacts) await loader.write({ contacts: [contact] });
    const steps: BuildStep[] = [];
    assert.deepEqual(await finish(bench, loader, steps), [], 'contacts that had to go');
    assert.equal(await isLoading(bench, loader), false, 'readState after the end');
    const numbers = steps.map(({ step }) => step);
    assert.deepEqual(
      numbers,
      [...numbers.keys()].map((index) => index + 1),
      'the numbers of the steps',
    );
    assert.deepEqual(await finish(bench, loader), [], 'a second end');
    const changed = sampleContact('B2', { md5: md5Of('newer'), values: { $comment: 'changed later' } });
    await loader.write({ contacts: [changed] });
    await expectStored(bench.target, {
      contacts: [contacts[0], changed, contacts[2]].filter((tree) => tree !== undefined),
    });
    const versions = await loader.sink.readVersions(loader.claim, ['A1', 'B2', 'never'], bench.options);
    assert.deepEqual([...versions.keys()].sort(), ['A1', 'B2'], 'the contacts that are known');
  }),

  bulkCase('R20 a contact that comes twice while a first copy is loaded is stored once', async (bench) => {
    const loader = await bench.loader();
    const [before, after] = ['first', 'second'].map((text) =>
      sampleContact('T1', { md5: md5Of(text), values: { $comment: text } }),
    );
    assert.ok(before && after);
    await loader.write({ contacts: [before] });
    const versions = await loader.sink.readVersions(loader.claim, ['T1', 'U2'], bench.options);
    assert.deepEqual(
      [...versions].map(([id, { md5 }]) => [id, md5]),
      [['T1', md5Of('first')]],
      'what is known of it',
    );
    await loader.write({ contacts: [after, sampleContact('U2')] });
    await finish(bench, loader);
    await expectStored(bench.target, { contacts: [after, sampleContact('U2')] });
  }),

  bulkCase('R20 the next claim continues a load that its process left, or finishes it', async (bench) => {
    const loader = await bench.loader();
    await loader.write({ contacts: [sampleContact('L1'), sampleContact('L2')] });
    const sink = bench.target.createSink();
    await sink.open(bench.options);
    try {
      const answer = await bench.claim(sink, { takeOverFrom: loader.claim.holder });
      const next = { sink, claim: answer };
      const isOn = await next.sink.bulk?.begin(next.claim, bench.options);
      if (isOn) assert.equal(await isLoading(bench, next), true, 'readState says so while it goes on');
      else await finish(bench, next);
      await next.sink.declareFields(SAMPLE_FIELDS, bench.options);
      const versions = await sink.readVersions(answer, ['L1', 'L2', 'L3'], { ...bench.options, compareRows: true });
      assert.deepEqual(
        [...versions].map(([id, { md5 }]) => [id, md5]).sort(),
        ['L1', 'L2'].map((id) => [id, sampleContact(id).md5]),
        'what is known of what the process wrote',
      );
      const contacts = ['L1', 'L2', 'L3'].map((id) => sampleContact(id));
      await sink.write(batchOf({ contacts: contacts.slice(2) }), answer, bench.options);
      if (isOn) await finish(bench, next);
      await expectStored(bench.target, { contacts });
      assert.equal(await isLoading(bench, next), false, 'readState after the end');
    } finally {
      await sink.close();
    }
  }),

  bulkCase(
    'R18 an id that two contacts had while they were loaded belongs to one of them at the end',
    async (bench) => {
      const loader = await bench.loader();
      const sharers = [sharing('S1'), sharing('S2')];
      for (const sharer of sharers) await loader.write({ contacts: [sharer] });
      const removed = await finish(bench, loader);
      for (const sharer of sharers) {
        if (removed.includes(sharer.contactId)) await loader.write({ contacts: [sharer] });
      }
      const stored = await bench.target.readRows('connections');
      assert.deepEqual(
        stored.map(({ contactId }) => contactId).sort(),
        ['S1', 'S2'],
        'the contacts that have connections',
      );
      assert.equal(new Set(stored.map(({ id }) => id)).size, 2, 'the ids of their connections');
      const contacts = await bench.target.readRows('contacts');
      assert.deepEqual(contacts.map(({ id }) => id).sort(), ['S1', 'S2'], 'the contacts');
    },
  ),

  bulkCase('R20 a load that another stream ended goes on as any other copy', async (bench) => {
    const loader = await bench.loader({ stream: 'ONE' });
    await loader.write({ contacts: [sampleContact('E1')] });
    const other = await bench.writer({ stream: 'TWO' });
    await finish(bench, other);
    await loader.write({ contacts: [sampleContact('E2')] });
    await loader.write({ contacts: [sampleContact('E2')] });
    assert.deepEqual(await finish(bench, loader), [], 'contacts that had to go');
    await expectStored(bench.target, { contacts: [sampleContact('E1'), sampleContact('E2')] });
  }),
];

function sharing(contactId: string): ContactTree {
  const connections = [sampleConnection('shared by two', { recordings: [] })];
  return sampleContact(contactId, { transactions: [sampleTransaction(contactId, 1, {}, connections)] });
}

async function finish(
  { options }: CaseBench,
  { sink, claim }: Pick<Writer, 'sink' | 'claim'>,
  steps: BuildStep[] = [],
): Promise<readonly string[]> {
  assert.ok(sink.bulk, 'the sink loads a first copy without keys');
  return sink.bulk.finish(claim, { ...options, onStep: (step) => steps.push(step) });
}

async function isLoading({ options }: CaseBench, { sink, claim }: Pick<Writer, 'sink' | 'claim'>): Promise<boolean> {
  return (await sink.readState(claim.stream, options)).isLoading ?? false;
}

function bulkCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'bulk');
}
