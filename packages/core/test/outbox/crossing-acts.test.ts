import { describe, expect, it } from 'vitest';
import { contactWith, failureAt, type HeldOutbox, statusesOf } from '../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../test/harness/sqlite-file.ts';
import type { DeliveryAct } from '../../src/outbox/faces/delivery-acts.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const file = outboxFileOfEachTest();

/** Lets the holder do what is asked for, to its end. */
async function doAll({ control, obeyOne }: HeldOutbox, act: DeliveryAct) {
  await control.ask('C1', act, { by: 'ada@host', ...never });
  return (await obeyOne()).finished;
}

async function waitingOf({ report }: HeldOutbox) {
  return report.listWaiting('C1', { failedOnly: false, limit: 100, ...never });
}

describe('drop', () => {
  it('leaves the pause of the contact as it is where the message stands behind another', async () => {
    const held = await file.hold();
    await held.write({ contacts: [contactWith('A1', 'a', 'b', 'c')] });
    const [head] = await held.take();
    const { nowMs } = file.clock;
    const dueMs = nowMs + HOUR_MS;
    await held.settle({ id: head?.id ?? '', outcome: 'failed', dueMs, failure: failureAt(nowMs) });
    const before = await waitingOf(held);
    file.clock.nowMs += 1_000;
    await doAll(held, { act: 'drop', selection: { ids: [before[1]?.id ?? ''] } });
    expect(await waitingOf(held)).toEqual([before[0], before[2]]);
    expect(await held.take()).toEqual([]);
  });

  it('makes no failing contact of one that never failed', async () => {
    const held = await file.hold();
    await held.write({ contacts: [contactWith('A1', 'a', 'b')] });
    const [head] = await waitingOf(held);
    await doAll(held, { act: 'drop', selection: { ids: [head?.id ?? ''] } });
    expect(await held.take()).toMatchObject([{ isRetry: false, failingSinceMs: null, transaction: { status: 'b' } }]);
  });
});

describe('replay', () => {
  const replay: DeliveryAct = { act: 'replay', sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER };

  it('R26 of a message whose replay died takes its dead letter with it, so that it waits once', async () => {
    const held = await file.hold({ keepAcceptedMs: 3 * DAY_MS });
    await held.write({ contacts: [contactWith('A1', 'a')] });
    await held.drain();
    await doAll(held, replay);
    const [message] = await held.take();
    const failure = failureAt(file.clock.nowMs);
    await held.settle({ id: message?.id ?? '', outcome: 'dead', code: 'DELIVERY_EXHAUSTED', failure });
    const [letter] = await held.store.listDeadLetters('C1', { limit: 1, ...never });
    expect(await doAll(held, replay)).toMatchObject({ done: 1 });
    expect(await held.store.listDeadLetters('C1', { limit: 1, ...never })).toEqual([]);
    expect(await held.queue.replay(held.claim, letter?.key ?? '', never)).toBe('absent');
    expect((await held.drain()).map(({ id }) => id)).toEqual([message?.id]);
  });

  it('R26 of a dead letter whose message waits already removes the letter alone', async () => {
    const held = await file.hold({ keepAcceptedMs: 3 * DAY_MS });
    await held.write({ contacts: [contactWith('A1', 'a')] });
    const [message] = await held.take();
    const failure = failureAt(file.clock.nowMs);
    await held.settle({ id: message?.id ?? '', outcome: 'dead', code: 'DELIVERY_EXHAUSTED', failure });
    const [letter] = await held.store.listDeadLetters('C1', { limit: 1, ...never });
    file.exec('CREATE TABLE kept AS SELECT * FROM dead_letters');
    await held.queue.replay(held.claim, letter?.key ?? '', never);
    file.exec('INSERT INTO dead_letters SELECT * FROM kept');
    expect(await held.queue.replay(held.claim, letter?.key ?? '', never)).toBe('queued');
    expect(await held.store.listDeadLetters('C1', { limit: 1, ...never })).toEqual([]);
    expect(await held.drain()).toHaveLength(1);
  });

  it('R26 sends nothing twice that is accepted again before the act is over', async () => {
    const held = await file.hold({ keepAcceptedMs: 3 * DAY_MS });
    const contacts = Array.from({ length: 300 }, (_, nr) => contactWith(`K${nr}`, 'a'));
    await held.write({ contacts });
    await held.drain();
    await held.control.ask('C1', replay, { by: 'ada', ...never });
    file.clock.nowMs += 1_000;
    const sent = [];
    for (let more = true; more; ) {
      more = (await held.queue.obey(held.claim, never)).isMore;
      sent.push(...(await held.drain()));
    }
    expect(sent).toHaveLength(300);
    expect(statusesOf(sent).toSorted()).toEqual(contacts.map(({ contactId }) => `${contactId}:a`).toSorted());
  });

  it('a pause does not wait for a long replay', async () => {
    const held = await file.hold({ keepAcceptedMs: 3 * DAY_MS });
    await held.write({ contacts: Array.from({ length: 300 }, (_, nr) => contactWith(`K${nr}`, 'a')) });
    await held.drain();
    await held.control.ask('C1', replay, { by: 'ada', ...never });
    await held.queue.obey(held.claim, never);
    await held.control.ask('C1', { act: 'pause' }, { by: 'ada', ...never });
    expect(await held.queue.obey(held.claim, never)).toMatchObject({ pausing: { by: 'ada' }, isMore: true });
  });
});
