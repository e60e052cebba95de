import { expect, it } from 'vitest';
import { contactWith, failureAt, type HeldOutbox, statusesOf } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();

const lettersOf = ({ store }: HeldOutbox) => store.listDeadLetters('C1', { limit: 100, ...never });
const replay = ({ queue, claim }: HeldOutbox, key = '') => queue.replay(claim, key, never);

/** Takes the next message and gives it up. */
async function moveToDeadLetters(held: HeldOutbox, answer = 'no', atMs = file.clock.nowMs) {
  const [message] = await held.take();
  const failure = failureAt(atMs, 'HTTP 422', answer);
  await held.settle({ id: message?.id ?? '', outcome: 'dead', code: 'TEST_DEAD', failure });
  return message;
}

it('a message that is given up is a dead letter with all that was sent, and the beginning of the answer', async () => {
  const held = await file.hold();
  await held.write({ contacts: [contactWith('A1', 'a')] });
  const [first] = await held.take();
  await held.settle({ id: first?.id ?? '', outcome: 'failed', dueMs: 0, failure: failureAt(1) });
  const message = await moveToDeadLetters(held, 'x'.repeat(5_000), Date.UTC(2026, 2, 4));
  const [letter, ...others] = await lettersOf(held);
  expect(others).toEqual([]);
  expect(letter).toMatchObject({
    kind: 'message',
    contactId: 'A1',
    md5: null,
    code: 'TEST_DEAD',
    reason: 'HTTP 422',
    attempts: 2,
    firstSeenAt: '2026-03-04T00:00:00.000Z',
  });
  const { id, contactId, contact, transaction, state } = message ?? {};
  const sent = { id, contactId, contact, transaction, state };
  expect(JSON.parse(letter?.body ?? '')).toEqual({ ...sent, answer: 'x'.repeat(2_048) });
});

it('R26 a dead message is replayed under its id, behind those of its contact, and never changes any more', async () => {
  const held = await file.hold();
  await held.write({ contacts: [contactWith('A1', 'a')] });
  const dead = await moveToDeadLetters(held);
  await held.write({ contacts: [contactWith('A1', 'a', 'b')] });
  const [letter] = await lettersOf(held);
  expect(await replay(held, letter?.key)).toBe('queued');
  expect(await lettersOf(held)).toEqual([]);
  await held.write({ contacts: [contactWith('A1', 'newer', 'b')] });
  const sent = await held.drain();
  expect(statusesOf(sent)).toEqual(['A1:b', 'A1:a', 'A1:newer']);
  expect(sent[1]).toMatchObject({ id: dead?.id, state: 'new', attempt: 1, transaction: dead?.transaction });
  expect(sent[2]?.state).toBe('updated');
});

it('R26 only the newest version that was ever queued is replayed: older dead letters are marked superseded', async () => {
  const held = await file.hold();
  await held.write({ contacts: [contactWith('A1', 'a')] });
  await moveToDeadLetters(held);
  await held.write({ contacts: [contactWith('A1', 'b')] });
  const [older] = await lettersOf(held);
  expect(older?.code).toBe('OUTBOX_SUPERSEDED');
  expect(await replay(held, older?.key)).toBe('superseded');
  await moveToDeadLetters(held);
  const letters = await lettersOf(held);
  const byCode = Object.fromEntries(letters.map(({ code, key }) => [code, key]));
  expect(Object.keys(byCode).sort()).toEqual(['OUTBOX_SUPERSEDED', 'TEST_DEAD']);
  expect(await replay(held, byCode.OUTBOX_SUPERSEDED)).toBe('superseded');
  expect(await replay(held, byCode.TEST_DEAD)).toBe('queued');
  expect(statusesOf(await held.drain())).toEqual(['A1:b']);
});

it('R26 a version that dies while a newer one waits is superseded from the start, also when content comes back', async () => {
  const held = await file.hold();
  await held.write({ contacts: [contactWith('A1', 'a')] });
  const [first] = await held.take();
  await held.write({ contacts: [contactWith('A1', 'b')] });
  await held.write({ contacts: [contactWith('A1', 'a')] });
  await held.settle({ id: first?.id ?? '', outcome: 'dead', code: 'TEST_DEAD', failure: failureAt(0) });
  const [letter] = await lettersOf(held);
  expect(letter?.code).toBe('OUTBOX_SUPERSEDED');
  expect(statusesOf(await held.drain())).toEqual(['A1:a']);
});

it('R26 a replay commits behind the fence, once', async () => {
  const held = await file.hold();
  await held.write({ contacts: [contactWith('A1', 'a')] });
  await moveToDeadLetters(held);
  const [letter] = await lettersOf(held);
  const next = await file.hold();
  await expect(replay(held, letter?.key)).rejects.toMatchObject({ code: 'OUTBOX_FENCED' });
  expect(await replay(next, letter?.key)).toBe('queued');
  expect(await replay(next, letter?.key)).toBe('absent');
  expect(await replay(next, 'never was')).toBe('absent');
  expect(await next.queue.backlog(never)).toMatchObject({ messages: 1, contacts: 1 });
});

it('a dead letter of another kind is no message', async () => {
  const held = await file.hold();
  const letter = { key: 'k', kind: 'message' as const, contactId: 'A1', md5: null, code: 'X', reason: '', attempts: 1 };
  await held.write({ deadLetters: [{ ...letter, body: '{"a":1}', firstSeenAt: '2026-03-04T00:00:00.000Z' }] });
  expect(await replay(held, 'k')).toBe('absent');
});
