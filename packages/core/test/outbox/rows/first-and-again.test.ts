import { expect, it } from 'vitest';
import { contactWith, failureAt, statusesOf } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();

it('R31 takes as many retries as are asked for, beside first attempts', async () => {
  const { write, claim, queue, settle } = await file.hold();
  const take = async (atMost: number, atLeast: number) =>
    statusesOf(
      await queue.take(claim, { limit: 3, retries: { atMost, atLeast }, nowMs: file.clock.nowMs + 9_000, ...never }),
    );
  await write({ contacts: ['A1', 'B2', 'C3'].map((id) => contactWith(id, 'failed')) });
  const failed = await queue.take(claim, { limit: 3, nowMs: file.clock.nowMs, ...never });
  for (const { id } of failed) await settle({ id, outcome: 'failed', dueMs: file.clock.nowMs, failure: failureAt(0) });
  await write({ contacts: ['D4', 'E5', 'F6', 'G7'].map((id) => contactWith(id, 'new')) });
  expect(await take(3, 2)).toEqual(['D4:new', 'A1:failed', 'B2:failed']);
  expect(await take(0, 0)).toEqual(['E5:new', 'F6:new', 'G7:new']);
  expect(await take(3, 0)).toEqual(['C3:failed']);
});

it('R31 leaves a message that was postponed in its turn, or until the time that the target asked for', async () => {
  const { write, take, settle, queue } = await file.hold();
  await write({ contacts: ['A1', 'B2'].map((id) => contactWith(id, id)) });
  const [a1, b2] = await take();
  const failure = failureAt(file.clock.nowMs);
  await settle({ id: a1?.id ?? '', outcome: 'postponed', dueMs: null, failure });
  await settle({ id: b2?.id ?? '', outcome: 'postponed', dueMs: file.clock.nowMs + 5_000, failure });
  const [again, ...others] = await take();
  expect(again).toMatchObject({ id: a1?.id, attempt: 1, isRetry: false });
  expect(others).toEqual([]);
  expect((await queue.backlog(never)).dueMs).toBe(file.clock.nowMs + 5_000);
  file.clock.nowMs += 5_000;
  expect(await take()).toMatchObject([{ id: b2?.id, attempt: 1, isRetry: true }]);
});

it('R33 counts all attempts that were begun', async () => {
  const { write, take, settle } = await file.hold();
  await write({ contacts: [contactWith('A1', 'a1')] });
  for (const allAttempts of [1, 2, 3]) {
    const [taken] = await take();
    expect(taken).toMatchObject({ attempt: 1, allAttempts });
    await settle({ id: taken?.id ?? '', outcome: 'postponed', dueMs: null, failure: null });
  }
});
