import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { contactWith, statusesOf } from '../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();

it('a contact whose messages would fill the disk is refused by its id, and the others are queued', async () => {
  const { write, drain } = await file.hold();
  const transactions = Array.from({ length: 40 }, (_, nr) => sampleTransaction('A1', nr + 1));
  const large = sampleContact('A1', { transactions, values: { note: 'x'.repeat(8 << 20) } });
  const refused = { code: 'OUTBOX_CONTACT_TOO_LARGE', verdict: 'refused', refusedContactIds: ['A1'] };
  await expect(write({ contacts: [contactWith('B1', 'b'), large] })).rejects.toMatchObject(refused);
  expect(file.query('SELECT count(*) AS n FROM messages')).toEqual([{ n: 0 }]);
  await write({ contacts: [contactWith('B1', 'b')] });
  expect(statusesOf(await drain())).toEqual(['B1:b']);
});

it('large messages are taken a few at a time, and others in their place', async () => {
  const { store, write, take, queue, claim, accept } = await file.hold();
  const large = (id: string) =>
    sampleContact(id, { transactions: [sampleTransaction(id, 1)], values: { note: 'x'.repeat(3 << 20) } });
  await write({ contacts: ['L1', 'L2', 'L3', 'L4'].map(large) });
  await write({ contacts: [contactWith('B1', 'b'), contactWith('B2', 'b')] });
  const request = { ...never, limit: 4, nowMs: file.clock.nowMs, maxLargeBytes: 4 << 20 };
  const first = await queue.take(claim, request);
  expect(first.map(({ contactId }) => contactId)).toEqual(['L1', 'L2', 'B1', 'B2']);
  expect(first.map(({ largeBytes = 0 }) => largeBytes > 3 << 20)).toEqual([true, true, false, false]);
  expect(await queue.take(claim, { ...request, maxLargeBytes: 0 })).toEqual([]);
  await accept(...first);
  expect((await take()).map(({ contactId }) => contactId)).toEqual(['L3', 'L4']);
  expect(await store.listDeadLetters('C1', { ...never, limit: 9 })).toEqual([]);
});
