import assert from 'node:assert/strict';
import { writerOf } from '../case-bench.js';
import { HOSTILE_NAMES } from '../samples/hostile-names.js';
import { md5Of, sampleContact } from '../samples/sample-contacts.js';
import { rowsCase, type StoreCase, storeCase } from '../store-case.js';
import { expectStored } from '../stored-rows.js';

/** Fields change with the campaign, also while it runs. */
export const fieldCases: readonly StoreCase[] = [
  rowsCase('fields of any name keep their values apart', async (bench) => {
    const { sink, write } = await bench.writer();
    const custom = HOSTILE_NAMES.filter((name) => !name.startsWith('$'));
    await sink.declareFields(
      custom.map((name) => ({ name, type: 'text' })),
      bench.options,
    );
    const values = (from: string) => Object.fromEntries(HOSTILE_NAMES.map((name, nr) => [name, `${from} ${nr}`]));
    const contacts = ['A1', 'B2'].map((id) => sampleContact(id, { values: values(id) }));
    await write({ contacts });
    await expectStored(bench.target, { contacts });
    const newer = sampleContact('A1', { md5: md5Of('newer'), values: values('newer') });
    await write({ contacts: [newer] });
    await expectStored(bench.target, { contacts: [newer, sampleContact('B2', { values: values('B2') })] });
  }),

  rowsCase('a field that appears while rows are written keeps all its values', async (bench) => {
    const { sink, write } = await bench.writer();
    const contactOf = (id: string) => sampleContact(id, { values: { late: `late of ${id}`, later: `later of ${id}` } });
    await write({ contacts: [contactOf('A1')] });
    await sink.declareFields([{ name: 'late', type: 'text' }], bench.options);
    await write({ contacts: [contactOf('B2')] });
    await sink.declareFields(
      [
        { name: 'later', type: 'number' },
        { name: 'late', type: 'text' },
      ],
      bench.options,
    );
    await write({ contacts: [contactOf('C3')] });
    await expectStored(bench.target, { contacts: ['A1', 'B2', 'C3'].map(contactOf) });
  }),

  rowsCase('a process that declares no fields uses those declared before', async (bench) => {
    const first = await bench.writer();
    await first.write({ contacts: [sampleContact('A1')] });
    const sink = bench.target.createSink();
    try {
      await sink.open(bench.options);
      await sink.declareFields([], bench.options);
      const { write } = await writerOf(sink, { takeOverFrom: first.claim.holder }, bench.options);
      const newer = sampleContact('A1', { md5: md5Of('newer'), values: { city: 'newer' } });
      const contacts = [newer, sampleContact('B2', { values: { city: 'of B2' } })];
      await write({ contacts });
      await expectStored(bench.target, { contacts });
    } finally {
      await sink.close();
    }
  }),

  storeCase(
    'R35 a field that can get no room now blocks no other field, and gets its room by a later call',
    async (bench) => {
      const { sink, write } = await bench.writer();
      const clear = await bench.target.obstruct?.('late');
      const fields = ['city', 'late', 'other'].map((name) => ({ name, type: 'text' }));
      const contactOf = (id: string) =>
        sampleContact(id, { values: { late: `late of ${id}`, other: `other of ${id}` } });
      const changes = await sink.declareFields(fields, bench.options);
      assert.ok(
        changes.some(({ column, change }) => column === 'other' && change === 'add'),
        'room for the other field',
      );
      await write({ contacts: [contactOf('A1')] });
      await expectStored(bench.target, { contacts: [contactOf('A1')] });
      await clear?.();
      const later = await sink.declareFields(fields, bench.options);
      assert.ok(
        later.some(({ column, change }) => column === 'late' && change === 'add'),
        'room once the way is clear',
      );
      await write({ contacts: [contactOf('B2')] });
      await expectStored(bench.target, { contacts: ['A1', 'B2'].map(contactOf) });
    },
    'obstacle',
  ),

  storeCase(
    'a dry run returns the changes that it would make and makes none; a second declaration changes nothing',
    async (bench) => {
      const sink = await bench.open();
      const fields = [
        { name: 'zip', type: 'text' },
        { name: 'age', type: 'number' },
      ];
      const planned = await sink.declareFields(fields, { ...bench.options, dryRun: true });
      const done = await sink.declareFields(fields, bench.options);
      assert.deepEqual(planned, done, 'what the dry run said, and what was done');
      assert.ok(done.length >= fields.length, 'a change for each field');
      assert.deepEqual(await sink.declareFields(fields, bench.options), [], 'what changed the second time');
      const other = await bench.open();
      assert.deepEqual(await other.declareFields(fields, bench.options), [], 'what changed for another sink');
    },
    'schema',
  ),
];
