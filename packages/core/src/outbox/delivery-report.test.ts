import { expect, it } from 'vitest';
import { contactWith, failureAt } from '../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();

const MINUTE = 60_000;

/** One contact was accepted, one fails with two behind it, one is under way, one is dead. */
async function nightShift() {
  const start = file.clock.nowMs;
  const held = await file.hold();
  const contacts = [
    contactWith('OK', 'x'),
    contactWith('BAD', 'a', 'b', 'c'),
    contactWith('WAY', 'x'),
    contactWith('DEAD', 'x'),
  ];
  await held.write({ contacts });
  const [ok, bad, , dead] = await held.take();
  file.clock.nowMs += MINUTE;
  const failure = failureAt(file.clock.nowMs, 'HTTP 503', 'down for maintenance');
  await held.settle(
    { id: ok?.id ?? '', outcome: 'accepted' },
    { id: bad?.id ?? '', outcome: 'failed', dueMs: start + 5 * MINUTE, failure },
    { id: dead?.id ?? '', outcome: 'dead', code: 'TEST_DEAD', failure },
  );
  return { start, failure, ok, bad };
}

it('says at one look what moves, what is held up, and since when, to a process without a claim', async () => {
  const { start, failure } = await nightShift();
  const { report } = await file.open({ ifMissing: 'refuse' });
  expect(await report.summary('C1', never)).toEqual({
    messages: 4,
    contacts: 2,
    failingContacts: 1,
    heldUpMessages: 3,
    oldestMs: start,
    lastFailure: failure,
    lastAcceptedMs: start + MINUTE,
    accepted: 1,
    dead: 1,
    superseded: 0,
  });
});

it('lists what waits, in the order of the queue and page by page', async () => {
  const { start, failure, bad } = await nightShift();
  const { report } = await file.open();
  const waiting = await report.listWaiting('C1', { failedOnly: false, limit: 10, ...never });
  expect(waiting[0]).toEqual({
    id: bad?.id,
    contactId: 'BAD',
    transactionId: expect.stringMatching(/^[0-9a-f]{32}$/),
    queuedMs: start,
    place: expect.any(Number),
    state: 'new',
    attempts: 1,
    position: 'first',
    dueMs: start + 5 * MINUTE,
    failingSinceMs: start + MINUTE,
    failure,
    isReplay: false,
  });
  const positions = waiting.map(({ contactId, position }) => `${contactId} ${position}`);
  expect(positions).toEqual(['BAD first', 'BAD behind', 'BAD behind', 'WAY underway']);
  const behind = await report.listWaiting('C1', {
    failedOnly: false,
    after: waiting[1]?.place ?? 0,
    limit: 1,
    ...never,
  });
  expect(behind).toEqual([waiting[2]]);
});

it('lists what failed alone', async () => {
  await nightShift();
  const { report } = await file.open();
  const failed = await report.listWaiting('C1', { failedOnly: true, limit: 10, ...never });
  expect(failed.map(({ contactId }) => contactId)).toEqual(['BAD']);
});

it('remembers acceptances, the newest first', async () => {
  const held = await file.hold();
  const accepted: string[] = [];
  for (let round = 0; round < 11; round += 1) {
    await held.write({ contacts: Array.from({ length: 100 }, (_, nr) => contactWith(`C${round}-${nr}`, 'x')) });
    for (const { id } of await held.drain()) accepted.push(id);
    file.clock.nowMs += MINUTE;
  }
  const listed = await held.report.listAccepted('C1', { limit: 1_000, ...never });
  expect(listed.map(({ id }) => id).toSorted()).toEqual(accepted.slice(100).toSorted());
  expect(listed[0]?.acceptedMs).toBe(file.clock.nowMs - MINUTE);
  expect(listed.at(-1)).toMatchObject({ contactId: expect.stringMatching(/^C1-/), state: 'new', attempts: 1 });
  expect((await held.report.summary('C1', never)).accepted).toBe(1_100);
});

it('knows nothing of a stream that was never written', async () => {
  const { report } = await file.open();
  expect((await report.summary('C9', never)).messages).toBe(0);
  expect(await report.listWaiting('C9', { failedOnly: false, limit: 1, ...never })).toEqual([]);
  expect(await report.listAccepted('C9', { limit: 1, ...never })).toEqual([]);
});
