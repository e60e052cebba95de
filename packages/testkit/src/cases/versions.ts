import assert from 'node:assert/strict';
import { sampleContact, sampleDeadLetter, sampleTransaction } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';

/** An md5 proves that the contact is there, whole, as it is upstream. */
export const versionCases: readonly StoreCase[] = [
  storeCase('contacts that were written with an md5 have a known version', async (bench) => {
    const { sink, claim, write } = await bench.writer();
    await write({ contacts: [sampleContact('A1', { md5: 'm1' }), sampleContact('B2', { md5: null })] });
    await write({ contacts: [sampleContact('C3', { md5: 'old' })] });
    await write({ contacts: [sampleContact('C3', { md5: 'new' })] });
    const versions = await sink.readVersions(claim, ['A1', 'B2', 'C3', 'D4'], bench.options);
    const known = { A1: { md5: 'm1', refused: false }, C3: { md5: 'new', refused: false } };
    assert.deepEqual(Object.fromEntries(versions), known, 'the versions');
  }),

  storeCase('R5 the version is that of the last write, at once', async (bench) => {
    const { sink, claim, write } = await bench.writer();
    const versionOf = async (id: string) => (await sink.readVersions(claim, [id], bench.options)).get(id);
    assert.equal(await versionOf('A1'), undefined, 'before the first write');
    for (const md5 of ['m1', 'm2', 'm1']) {
      await write({ contacts: [sampleContact('A1', { md5 })] });
      assert.deepEqual(await versionOf('A1'), { md5, refused: false }, `after the write of ${md5}`);
    }
  }),

  storeCase('R16 a version that was proved under another plan is not known', async (bench) => {
    const writer = await bench.writer();
    await writer.write({ contacts: [sampleContact('A1', { md5: 'm1' }), sampleContact('B2', { md5: 'm2' })] });
    const other = await bench.takeOver(writer, { plan: 'another filter' });
    await other.write({ contacts: [sampleContact('B2', { md5: 'm2' })] });
    const versions = await other.sink.readVersions(other.claim, ['A1', 'B2'], bench.options);
    assert.deepEqual(Object.fromEntries(versions), { B2: { md5: 'm2', refused: false } }, 'the versions');
  }),

  storeCase(
    'R22 a refused contact has the md5 with which it was refused as its version, until it is accepted',
    async (bench) => {
      const { sink, claim, write } = await bench.writer();
      const versionOf = async (id: string) => (await sink.readVersions(claim, [id], bench.options)).get(id);
      await write({ contacts: [sampleContact('A1', { md5: 'm1' })] });
      const refused = sampleDeadLetter('k1', { kind: 'contact', contactId: 'A1', md5: 'm2' });
      const unfetched = sampleDeadLetter('k2', { kind: 'fetch', contactId: 'B2', md5: 'm3' });
      const record = sampleDeadLetter('k3', { kind: 'recording', contactId: 'C3', md5: 'm4' });
      await write({ deadLetters: [refused, unfetched, record] });
      assert.deepEqual(await versionOf('A1'), { md5: 'm2', refused: true }, 'a contact refused after it was accepted');
      assert.deepEqual(await versionOf('B2'), { md5: 'm3', refused: true }, 'a contact that could not be fetched');
      assert.equal(await versionOf('C3'), undefined, 'a contact that only has a record without an id');
      await write({ contacts: [sampleContact('A1', { md5: 'm2' })] });
      assert.deepEqual(await versionOf('A1'), { md5: 'm2', refused: false }, 'the contact once accepted');
    },
  ),

  storeCase('versions of 100,000 contacts are read in one call', async (bench) => {
    const { sink, claim, write } = await bench.writer();
    const known = ['A1', 'B2', 'C3'];
    await write({ contacts: known.map((id) => sampleContact(id, { transactions: [] })) });
    const unknown = Array.from({ length: 100_000 }, (_, nr) => `unknown-${nr}`);
    const versions = await sink.readVersions(claim, ['A1', ...unknown, 'B2', 'C3'], bench.options);
    assert.deepEqual([...versions.keys()].sort(), known, 'the contacts with a version');
  }),

  storeCase('R8 a contact whose rows change below an unchanged md5 is reported', async (bench) => {
    const writer = await bench.writer();
    const report = async (md5: string | null, status: string, { write } = writer) => {
      const transactions = [sampleTransaction('A1', 1, { status })];
      return (await write({ contacts: [sampleContact('A1', { md5, transactions })] })).changedUnderSameMd5;
    };
    assert.deepEqual(await report('m1', 'a'), [], 'reported when it is new');
    assert.deepEqual(await report('m1', 'a'), [], 'reported when nothing changed');
    assert.deepEqual(await report('m1', 'b'), ['A1'], 'reported when a row below changed');
    assert.deepEqual(await report('m2', 'c'), [], 'reported when the md5 changed, too');
    assert.deepEqual(await report(null, 'd'), [], 'reported when it has no md5');
    assert.deepEqual(await report('m3', 'e'), [], 'reported when it had none');
    const wider = await bench.takeOver(writer, { plan: 'another filter' });
    assert.deepEqual(await report('m3', 'f', wider), [], 'reported when the plan is another');
  }),
];
