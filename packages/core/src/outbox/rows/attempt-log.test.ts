import { describe, expect, it } from 'vitest';
import { contactWith, failureAt } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';

const DAY_MS = 86_400_000;
const file = outboxFileOfEachTest();

const count = (table: string) => Number(file.query(`SELECT count(*) AS n FROM ${table}`)[0]?.n);
const attemptAt = (endedMs: number, status = 503) => ({ endedMs, tookMs: 12.4, status });

describe('the log of attempts', () => {
  it('tells each attempt of a message: when, how long, status, answer; and is found by contact and transaction', async () => {
    const held = await file.hold();
    await held.write({ contacts: [contactWith('A1', 'a'), contactWith('B1', 'b')] });
    const [message, other] = await held.take();
    const { id = '' } = message ?? {};
    const failure = failureAt(file.clock.nowMs, 'HTTP 503', 'x'.repeat(9_000));
    const attempt = attemptAt(file.clock.nowMs);
    await held.settle({ id, outcome: 'failed', dueMs: file.clock.nowMs, failure, attempt });
    await held.accept(...(other ? [other] : []));
    file.clock.nowMs += 1_000;
    await held.take();
    await held.settle({ id, outcome: 'accepted', attempt: { ...attemptAt(file.clock.nowMs, 200), answer: 'thanks' } });

    const ended = { id, contactId: 'A1', tookMs: 12 };
    const attempts = [
      { ...ended, outcome: 'failed', status: 503, reason: 'HTTP 503', answer: 'x'.repeat(2_048) },
      { ...ended, outcome: 'accepted', endedMs: file.clock.nowMs, status: 200, reason: null, answer: 'thanks' },
    ];
    const { report } = await file.open({ ifMissing: 'refuse' });
    const [found] = await report.details('C1', { contactId: 'A1' }, { limit: 10, ...never });
    expect(found).toMatchObject({ id, waiting: null, attempts });
    const transactionId = found?.attempts[0]?.transactionId ?? '';
    expect(await report.details('C1', { transactionId }, { limit: 10, ...never })).toEqual([found]);
    expect(await report.details('C1', { idStart: id.slice(0, 12) }, { limit: 10, ...never })).toEqual([found]);
  });

  it('keeps the last 20 attempts of a message', async () => {
    const held = await file.hold();
    await held.write({ contacts: [contactWith('A1', 'a')] });
    for (let nr = 0; nr < 25; nr += 1) {
      const [message] = await held.take();
      const failure = failureAt(file.clock.nowMs, `HTTP ${nr}`);
      const attempt = attemptAt(file.clock.nowMs);
      await held.settle({ id: message?.id ?? '', outcome: 'postponed', dueMs: 0, failure, attempt });
    }
    const [found] = await held.report.details('C1', { all: true }, { limit: 10, ...never });
    expect(found?.attempts.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 20 }, (_, nr) => `HTTP ${nr + 5}`),
    );
  });

  it('forgets attempts and bodies when their time is over, and nothing that waits', async () => {
    const held = await file.hold({ keepAttemptsMs: 30 * DAY_MS, keepAcceptedMs: 3 * DAY_MS });
    await held.write({ contacts: [contactWith('A1', 'a'), contactWith('B1', 'b')] });
    await held.drain();
    await held.write({ contacts: [contactWith('C1', 'c', 'd')] });
    expect([count('attempts'), count('bodies')]).toEqual([2, 4]);
    file.clock.nowMs += 4 * DAY_MS;
    await held.drain();
    expect([count('attempts'), count('bodies'), count('messages')]).toEqual([4, 2, 0]);
    file.clock.nowMs += 31 * DAY_MS;
    await held.write({ contacts: [contactWith('D1', 'e')] });
    await held.drain();
    expect([count('attempts'), count('bodies')]).toEqual([1, 1]);
  });

  it('forgets them also while nothing is delivered', async () => {
    const held = await file.hold({ keepAttemptsMs: 30 * DAY_MS, keepAcceptedMs: 3 * DAY_MS });
    await held.write({ contacts: [contactWith('A1', 'a'), contactWith('B1', 'b')] });
    await held.drain();
    file.clock.nowMs += 4 * DAY_MS;
    await held.queue.obey(held.claim, never);
    expect([count('attempts'), count('bodies')]).toEqual([2, 0]);
    file.clock.nowMs += 31 * DAY_MS;
    await held.queue.obey(held.claim, never);
    expect([count('attempts'), count('bodies')]).toEqual([0, 0]);
  });

  it('keeps nothing where nothing is wanted', async () => {
    const held = await file.hold({ keepAttemptsMs: 0, keepAcceptedMs: 0 });
    await held.write({ contacts: [contactWith('A1', 'a')] });
    await held.drain();
    expect([count('attempts'), count('bodies')]).toEqual([0, 0]);
  });
});
