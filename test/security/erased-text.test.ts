import { existsSync, readFileSync } from 'node:fs';
import { sampleContact, sampleDeadLetter } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { createOutboxFile, failureAt } from '../harness/outbox-file.ts';
import { batchOf, claimOf, createSqliteFile, never } from '../harness/sqlite-file.ts';

/** Looks for a text in the bytes of the file and of its log, without SQLite. */
function isIn(file: string, text: string): boolean {
  const parts = ['', '-wal'].map((end) => file + end).filter(existsSync);
  return parts.some((part) => readFileSync(part).includes(text));
}

const HIDDEN = 'Hidden-Street-4711';

function personOf(contactId: string, street: string) {
  const contact = sampleContact(contactId);
  return { ...contact, values: { ...contact.values, street, $comment: `lives in ${street} `.repeat(400) } };
}

it('R37 nothing of a forgotten contact is left in the bytes of a SQLite copy', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink({}, ['street']);
  const claim = await claimOf(sink);
  const letter = sampleDeadLetter('k1', { contactId: 'ERASE-ME-1', body: `{"street":"${HIDDEN}"}` });
  await sink.write(batchOf({ contacts: [personOf('ERASE-ME-1', HIDDEN), personOf('B2', 'here')] }), claim, never);
  await sink.write(batchOf({ contacts: [personOf('ERASE-ME-1', `${HIDDEN}b`)], deadLetters: [letter] }), claim, never);
  expect([HIDDEN, 'ERASE-ME-1'].map((text) => isIn(file.file, text))).toEqual([true, true]);
  await sink.erasure?.forget(['ERASE-ME-1'], never);
  expect([HIDDEN, 'ERASE-ME-1'].map((text) => isIn(file.file, text))).toEqual([false, false]);
  expect(file.query('SELECT "$id" FROM mcall_contacts')).toEqual([{ $id: 'B2' }]);
});

it('R37 nor in those of an outbox: what waits, was accepted, failed, or was asked for', async () => {
  await using file = createOutboxFile();
  const held = await file.hold({ keepAcceptedMs: 86_400_000 });
  const person = personOf('ERASE-ME-1', HIDDEN);
  await held.write({ contacts: [person, personOf('B2', 'here')] });
  const [first] = await held.take(1);
  await held.accept(...(first ? [first] : []));
  const failure = failureAt(file.clock.nowMs, HIDDEN);
  const [second] = (await held.take()).filter(({ contactId }) => contactId === 'ERASE-ME-1');
  await held.settle({ id: second?.id ?? '', outcome: 'failed', dueMs: file.clock.nowMs, failure });
  await held.write({ deadLetters: [sampleDeadLetter('k1', { contactId: 'ERASE-ME-1', body: HIDDEN })] });
  await held.control.ask('C1', { act: 'retry', selection: { contactId: 'ERASE-ME-1' } }, { by: 'ada', ...never });
  expect([HIDDEN, 'ERASE-ME-1'].map((text) => isIn(file.file, text))).toEqual([true, true]);
  const [erased] = (await held.store.erasure?.forget(['ERASE-ME-1'], never)) ?? [];
  expect(erased?.erased).toMatchObject({
    messages: 1,
    accepted_messages: 1,
    attempts: 1,
    dead_letters: 1,
    contacts: 1,
  });
  expect([HIDDEN, 'ERASE-ME-1'].map((text) => isIn(file.file, text))).toEqual([false, false]);
  expect((await held.drain()).map(({ contactId }) => contactId)).not.toContain('ERASE-ME-1');
});

it('R37 an undo sends what was never accepted, and nothing a second time', async () => {
  await using file = createOutboxFile();
  const held = await file.hold();
  const person = personOf('A1', 'here');
  await held.write({ contacts: [person] });
  const [first] = await held.take(1);
  await held.accept(...(first ? [first] : []));
  await held.store.erasure?.forget(['A1'], never);
  await held.write({ contacts: [person] });
  expect(await held.drain()).toEqual([]);
  await held.store.erasure?.remember(['A1'], never);
  await held.write({ contacts: [person] });
  const sent = await held.drain();
  expect(sent.map(({ transaction }) => transaction.sequence_nr)).toEqual([2]);
});
