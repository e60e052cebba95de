import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contactWith, type HeldOutbox } from '../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../test/harness/sqlite-file.ts';
import { systemClock } from '../../src/concurrency/clock.ts';
import type { EndpointSink, Message, Verdict } from '../../src/contract/index.ts';
import { parseAttemptSchedule } from '../../src/deliver/attempt-schedule.ts';
import { createDeliveryLoop, type DeliveryLoop } from '../../src/deliver/delivery-loop.ts';
import { createTokenBucket } from '../../src/deliver/token-bucket.ts';

const accepted: Verdict = { verdict: 'accepted' };
const failed: Verdict = { verdict: 'retry', reason: 'HTTP 500', answer: '', fault: 'message' };
const refused: Verdict = { verdict: 'refused', reason: 'HTTP 400', answer: 'no such field' };

const file = outboxFileOfEachTest();
const halts: AbortController[] = [];
beforeEach(() => {
  file.clock.nowMs = Date.now();
});
afterEach(() => {
  for (const halt of halts.splice(0)) halt.abort(new Error('The test is over.'));
});

type Answer = (message: Message) => Verdict | Promise<Verdict>;

interface Running {
  readonly loop: DeliveryLoop;
  readonly sent: readonly Message[];
  readonly halt: AbortController;
  readonly ended: Promise<unknown>;
  /** Resolves when this number of messages has been sent, and their outcomes are committed. */
  settled(count: number): Promise<void>;
}

/** A loop on the outbox, by the machine's clock. */
function deliverFrom({ queue, claim }: HeldOutbox, answer: Answer): Running {
  const halt = new AbortController();
  halts.push(halt);
  const sent: Message[] = [];
  const commits = { settled: 0, tell: () => {} };
  const endpoint: EndpointSink = {
    kind: 'endpoint',
    open: async () => {},
    checkHealth: async () => [],
    close: async () => {},
    deliver: async (messages) => {
      sent.push(...messages);
      return Promise.all(messages.map(answer));
    },
  };
  const loop = createDeliveryLoop({
    queue,
    endpoint,
    claim,
    clock: systemClock,
    schedule: parseAttemptSchedule('10ms'),
    bucket: createTokenBucket(null),
    concurrency: 4,
    observe: (event) => {
      if (event.type !== 'delivery') return;
      commits.settled += event.accepted + event.failed + event.postponed + event.dead;
      commits.tell();
    },
    stop: never.signal,
    halt: halt.signal,
  });
  const ended = loop.run().catch((error: unknown) => error);
  const settled = async (count: number) => {
    while (commits.settled < count) {
      await new Promise<void>((resolve) => {
        commits.tell = resolve;
      });
    }
  };
  return { loop, sent, halt, ended, settled };
}

it('R24 has a message marked for every process before it leaves, and sends it unchanged again', async () => {
  const held = await file.hold();
  const onlooker = await file.open();
  await held.write({ contacts: [contactWith('A1', 'first')] });
  const seen: unknown[] = [];
  const { sent, settled } = deliverFrom(held, async ({ id, attempt }) => {
    const waiting = await onlooker.report.listWaiting(held.claim.stream, { failedOnly: false, limit: 10, ...never });
    seen.push(waiting.find((message) => message.id === id)?.position);
    if (attempt === 1) await held.write({ contacts: [contactWith('A1', 'newer')] });
    return attempt === 2 || sent.length > 2 ? accepted : failed;
  });
  await settled(3);
  expect(seen).toEqual(['underway', 'underway', 'underway']);
  expect(sent.map(({ attempt, transaction, state }) => [attempt, transaction.status, state])).toEqual([
    [1, 'first', 'new'],
    [2, 'first', 'new'],
    [1, 'newer', 'updated'],
  ]);
  expect(sent[1]?.id).toBe(sent[0]?.id);
  expect(sent[2]?.id).not.toBe(sent[0]?.id);
});

it('R24 sends again, under the same id and number, what was under way when the loop was killed', async () => {
  const held = await file.hold();
  await held.write({ contacts: [contactWith('A1', 'first', 'second')] });
  const first = deliverFrom(held, () => new Promise<never>(() => {}));
  while (first.sent.length === 0) await new Promise(setImmediate);
  const next = deliverFrom(await file.hold(), () => accepted);
  await next.settled(2);
  expect(next.sent.map(({ attempt, transaction }) => [attempt, transaction.status])).toEqual([
    [1, 'first'],
    [1, 'second'],
  ]);
  expect(next.sent[0]?.id).toBe(first.sent[0]?.id);
});

it('R26 sends a replayed message under its id, unless a newer version was queued since', async () => {
  const held = await file.hold();
  await held.write({ contacts: [contactWith('A1', 'kept', 'first')] });
  const { loop, sent, settled } = deliverFrom(held, () => (sent.length <= 2 ? refused : accepted));
  await settled(2);
  await held.write({ contacts: [contactWith('A1', 'kept', 'newer')] });
  loop.wake();
  await settled(3);
  const letters = await held.store.listDeadLetters(held.claim.stream, { limit: 10, ...never });
  expect(letters.map(({ code }) => code).sort()).toContain('DELIVERY_REFUSED');
  const answers = [];
  for (const { key } of letters) answers.push(await held.queue.replay(held.claim, key, never));
  expect(answers.sort()).toEqual(['queued', 'superseded']);
  loop.wake();
  await settled(4);
  expect(sent.map(({ transaction }) => transaction.status)).toEqual(['kept', 'first', 'newer', 'kept']);
  expect(sent[3]?.id).toBe(sent[0]?.id);
});

it('does all that operators asked for before it began, in however many steps, and sends nothing before', async () => {
  const held = await file.hold();
  await held.write({ contacts: Array.from({ length: 450 }, (_, nr) => contactWith(`K${nr}`, 'a')) });
  const { control } = held;
  const nr = await control.ask('C1', { act: 'drop', selection: { all: true } }, { by: 'ada', ...never });
  const { loop, sent, settled } = deliverFrom(held, () => accepted);
  let doneMs: number | null | undefined = null;
  while (doneMs === null) {
    await nextTurn();
    ({ doneMs } = (await control.find(nr, never)) ?? {});
  }
  await held.write({ contacts: [contactWith('later', 'a')] });
  loop.wake();
  await settled(1);
  expect(sent.map(({ contactId }) => contactId)).toEqual(['later']);
});
