import { StatementSync } from 'node:sqlite';
import type { ContactTree } from '@dbsync/core/contract';
import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import { expect, it, vi } from 'vitest';
import { contactWith, type HeldOutbox, statusesOf } from '../../../../test/harness/outbox-file.ts';
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

/** A contact whose message counts as large. */
function largeContact(id: string): ContactTree {
  return sampleContact(id, { transactions: [sampleTransaction(id, 1)], values: { note: 'x'.repeat(300 << 10) } });
}

/** Queues this number of contacts with large messages. */
async function queueLarge({ write }: HeldOutbox, count: number): Promise<void> {
  for (let nr = 0; nr < count; nr += 20) {
    await write({ contacts: Array.from({ length: 20 }, (_, at) => largeContact(`L${nr + at}`)) });
  }
}

it('a call reads each large message that waits once, and holds the lease once', async () => {
  const held = await file.hold();
  await queueLarge(held, 120);
  await held.write({ contacts: [contactWith('B1', 'b'), contactWith('B2', 'b')] });
  const beatsOf = () => Number(file.query('SELECT beats FROM streams')[0]?.beats);
  const before = beatsOf();
  const reads = vi.spyOn(StatementSync.prototype, 'get');
  const request = { ...never, limit: 1, nowMs: file.clock.nowMs, maxLargeBytes: 0 };
  const taken = await held.queue.take(held.claim, request);
  const count = reads.mock.calls.length;
  reads.mockRestore();
  expect(taken.map(({ contactId }) => contactId)).toEqual(['B1']);
  expect(count).toBeLessThan(200);
  expect(beatsOf() - before).toBe(1);
});

it('a small message does not wait behind a large one, however many contacts are left out', async () => {
  const held = await file.hold();
  await held.write({ contacts: [largeContact('L1')] });
  await held.write({ contacts: [contactWith('B1', 'b')] });
  const except = new Set(Array.from({ length: 1_000 }, (_, nr) => `tried ${nr}`));
  const request = { ...never, limit: 1, nowMs: file.clock.nowMs, maxLargeBytes: 0, except };
  const taken = await held.queue.take(held.claim, request);
  expect(taken.map(({ contactId }) => contactId)).toEqual(['B1']);
});

it('R31 retries get no more than their share while a large message waits', async () => {
  const held = await file.hold();
  const retries = Array.from({ length: 40 }, (_, nr) => contactWith(`R${nr}`, 'r'));
  await held.write({ contacts: retries });
  const failure = { atMs: file.clock.nowMs, reason: 'HTTP 500', answer: '' };
  for (const { id } of await held.take()) {
    await held.settle({ id, outcome: 'failed', dueMs: file.clock.nowMs, failure });
  }
  await held.write({ contacts: [largeContact('L1')] });
  const share = { retries: { atMost: 8, atLeast: 0 }, maxLargeBytes: 0 };
  const taken = await held.queue.take(held.claim, { ...never, limit: 16, nowMs: file.clock.nowMs, ...share });
  expect(taken.map(({ isRetry }) => isRetry)).toEqual(Array.from({ length: 8 }, () => true));
});

it('R31 retries get no more than their share where a message cannot be read', async () => {
  const held = await file.hold();
  await held.write({ contacts: Array.from({ length: 12 }, (_, nr) => contactWith(`R${nr}`, 'r')) });
  const failure = { atMs: file.clock.nowMs, reason: 'HTTP 500', answer: '' };
  for (const { id } of await held.take()) {
    await held.settle({ id, outcome: 'failed', dueMs: file.clock.nowMs, failure });
  }
  await held.write({ contacts: [contactWith('D1', 'd')] });
  file.exec("UPDATE bodies SET contact = 'no body' WHERE message_nr = (SELECT max(nr) FROM messages)");
  const retries = { atMost: 4, atLeast: 1 };
  const taken = await held.queue.take(held.claim, { ...never, limit: 8, nowMs: file.clock.nowMs, retries });
  expect(taken).toHaveLength(4);
});
