import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Batch, rowsOfContact } from '@dbsync/core/contract';
import { type CaseBench, STREAM } from '../case-bench.js';
import { expectSinkError } from '../expect-sink-error.js';
import { sampleContact, sampleContacts, sampleDeadLetter, sampleProgress } from '../samples/sample-contacts.js';
import { rowsCase, type StoreCase, storeCase } from '../store-case.js';
import { storedIds } from '../stored-rows.js';

/** Rows, progress, dead letters and settled keys commit together or not at all. */
export const oneCommitCases: readonly StoreCase[] = [
  storeCase('no reader sees progress before its rows', async (bench) => {
    const progress = sampleProgress(5);
    const contacts = sampleContacts(150);
    const reader = await bench.open();
    const looks = await lookingWhile(bench, { contacts, progress }, async () => {
      const state = await reader.readState(STREAM, bench.options);
      return { progress: state.progress !== null, rows: (await storedIds(bench.target, 'contacts')).length };
    });
    assert.deepEqual(
      (await reader.readState(STREAM, bench.options)).progress,
      progress,
      'the progress after the commit',
    );
    const ahead = looks.filter((look) => look.progress && look.rows < contacts.length);
    assert.deepEqual(ahead, [], 'progress seen before its rows');
  }),

  storeCase('no reader sees a contact without the records below it, or a part of a batch', async (bench) => {
    const contacts = sampleContacts(150);
    const recordings = contacts
      .flatMap((tree) => [...rowsOfContact(tree)])
      .filter(({ table }) => table === 'recordings');
    const looks = await lookingWhile(bench, { contacts }, async () => ({
      contacts: (await storedIds(bench.target, 'contacts')).length,
      recordings: (await storedIds(bench.target, 'recordings')).length,
    }));
    const parts = looks.filter((look) => look.contacts > 0 && look.recordings < recordings.length);
    assert.deepEqual(parts, [], 'contacts seen before all recordings');
  }),

  storeCase('a dead letter commits with its batch, and with the tree that carries it', async (bench) => {
    const { sink, write } = await bench.writer();
    const beside = sampleDeadLetter('b-beside', { kind: 'inbound-call' });
    const carried = sampleDeadLetter('a-carried', { kind: 'transaction', contactId: 'A1' });
    await write({ contacts: [sampleContact('A1', { deadLetters: [carried] })], deadLetters: [beside] });
    const letters = await sink.listDeadLetters(STREAM, { ...bench.options, limit: 10 });
    assert.deepEqual(letters, [carried, beside], 'the dead letters, in the order of their keys');
  }),

  storeCase(
    'a batch with a refused contact writes nothing, and commits without that contact',
    async (bench) => {
      const { sink, write } = await bench.writer();
      const refused = bench.target.refusedContact?.('R1') ?? assert.fail();
      const before = { deadLetters: [sampleDeadLetter('before')], progress: sampleProgress(1) };
      await write(before);
      const rest = {
        contacts: [sampleContact('A1'), sampleContact('B2')],
        progress: sampleProgress(2),
        settled: ['before'],
      };
      const whole = write({ ...rest, contacts: [...rest.contacts, refused], deadLetters: [sampleDeadLetter('late')] });
      const error = await expectSinkError(whole, { verdict: 'refused', outcome: 'not-committed' });
      assert.deepEqual(error.refusedContactIds ?? [refused.contactId], [refused.contactId], 'the contacts it names');
      assert.deepEqual(await storedIds(bench.target, 'contacts'), [], 'the contacts');
      const letters = await sink.listDeadLetters(STREAM, { ...bench.options, limit: 10 });
      assert.deepEqual(letters, before.deadLetters, 'the dead letters');
      assert.deepEqual((await sink.readState(STREAM, bench.options)).progress, before.progress, 'the progress');
      await write(rest);
      assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1', 'B2'], 'the contacts without it');
      assert.deepEqual(
        (await sink.readState(STREAM, bench.options)).progress,
        rest.progress,
        'the progress without it',
      );
    },
    'refusal',
  ),

  rowsCase('as many writes as the limits allow run at the same time, and none is lost', async (bench) => {
    const { sink, write } = await bench.writer();
    const writes = Array.from({ length: sink.limits.concurrentWrites }, (_, nr) => sampleContacts(20, `W${nr}-`));
    const results = await Promise.all(writes.map((contacts) => write({ contacts })));
    const rows = writes.map((contacts) => contacts.flatMap((tree) => [...rowsOfContact(tree)]).length);
    assert.deepEqual(
      results.map(({ inserted }) => inserted),
      rows,
      'rows inserted',
    );
    const ids = writes.flatMap((contacts) => contacts.map(({ contactId }) => contactId));
    assert.deepEqual(await storedIds(bench.target, 'contacts'), ids.sort(), 'the contacts');
  }),
];

/** Looks again and again until the batch is written. */
async function lookingWhile<T>(bench: CaseBench, batch: Partial<Batch>, look: () => Promise<T>): Promise<readonly T[]> {
  const { write } = await bench.writer();
  let writing = true;
  const written = write(batch).finally(() => {
    writing = false;
  });
  const looks: T[] = [];
  while (writing) {
    looks.push(await look());
    await nextTurn();
  }
  await written;
  return looks;
}
