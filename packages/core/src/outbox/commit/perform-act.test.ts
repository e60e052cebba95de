import { describe, expect, it } from 'vitest';
import { contactWith, failureAt, type HeldOutbox, statusesOf } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';
import type { DeliveryAct } from '../faces/delivery-acts.js';
import type { Obeyed } from '../faces/delivery-queue.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const file = outboxFileOfEachTest();

/** Asks from another process, as a command does, and lets the holder do it all. */
async function ask(held: HeldOutbox, act: DeliveryAct): Promise<Obeyed> {
  const { control, store } = await file.open({ ifMissing: 'refuse' });
  await control.ask('C1', act, { by: 'ada@host', ...never });
  await store.close();
  return held.obeyOne();
}

async function failing(...contacts: readonly string[]): Promise<HeldOutbox> {
  const held = await file.hold({ keepAcceptedMs: 3 * DAY_MS });
  await held.write({ contacts: contacts.map((id) => contactWith(id, 'a', 'b')) });
  const dueMs = file.clock.nowMs + HOUR_MS;
  const failure = failureAt(file.clock.nowMs, 'HTTP 422', 'no such customer');
  const taken = await held.take();
  await held.settle(...taken.map(({ id }) => ({ id, outcome: 'failed' as const, dueMs, failure })));
  return held;
}

describe('acts of operators', () => {
  it('retry makes due at once what was selected, and leaves the others', async () => {
    const held = await failing('A1', 'B1', 'C1');
    expect(await held.take()).toEqual([]);
    const { finished } = await ask(held, { act: 'retry', selection: { contactId: 'B1' } });
    expect(finished).toMatchObject({ done: 1, passedOver: 1, askedBy: 'ada@host', doneMs: file.clock.nowMs });
    const taken = await held.take();
    expect(statusesOf(taken)).toEqual(['B1:a']);
    expect(taken[0]?.attempt).toBe(2);
    await ask(held, { act: 'retry', selection: { all: true } });
    expect(statusesOf(await held.take()).toSorted()).toEqual(['A1:a', 'C1:a']);
  });

  it('drop makes dead letters that can be replayed; the next of the contact comes to the front', async () => {
    const held = await failing('A1');
    const [head] = await held.report.listWaiting('C1', { failedOnly: false, limit: 1, ...never });
    const { finished } = await ask(held, { act: 'drop', selection: { ids: [head?.id ?? ''] } });
    expect(finished).toMatchObject({ done: 1, passedOver: 0 });
    const [letter] = await held.store.listDeadLetters('C1', { limit: 10, ...never });
    const reason = 'Dropped by ada@host';
    expect(letter).toMatchObject({ kind: 'message', code: 'DELIVERY_DROPPED', reason, attempts: 1 });
    expect(statusesOf(await held.drain())).toEqual(['A1:b']);
    expect(await held.queue.replay(held.claim, letter?.key ?? '', never)).toBe('queued');
    expect((await held.take()).map(({ id }) => id)).toEqual([head?.id]);
  });

  it('drop leaves what is under way to its end, so that an acceptance is never called a loss', async () => {
    const held = await file.hold();
    await held.write({ contacts: [contactWith('A1', 'a', 'b')] });
    const taken = await held.take();
    const { finished } = await ask(held, { act: 'drop', selection: { all: true } });
    expect(finished).toMatchObject({ done: 1, passedOver: 1 });
    await held.accept(...taken);
    expect(await held.report.summary('C1', never)).toMatchObject({ messages: 0, contacts: 0, accepted: 1, dead: 1 });
  });

  it('does many in steps, between which the loop settles attempts', async () => {
    const held = await file.hold();
    const contacts = Array.from({ length: 450 }, (_, nr) => contactWith(`K${nr}`, 'a'));
    await held.write({ contacts });
    const { control } = held;
    await control.ask('C1', { act: 'drop', selection: { all: true } }, { by: 'ada', ...never });
    const steps = [];
    for (let more = true; more; ) {
      const { finished, isMore } = await held.queue.obey(held.claim, never);
      if (isMore) steps.push(finished?.done ?? null);
      more = isMore;
    }
    expect(steps).toEqual([null, null, 450]);
    expect(await held.report.summary('C1', never)).toMatchObject({ messages: 0, contacts: 0, dead: 450 });
  });

  it('a pause stays over a restart, with its time and its user, until it is ended', async () => {
    const held = await failing('A1');
    const pausing = { sinceMs: file.clock.nowMs, by: 'ada@host' };
    expect(await ask(held, { act: 'pause' })).toMatchObject({ pausing });
    const next = await file.hold();
    expect(await next.queue.obey(next.claim, never)).toEqual({ pausing, finished: null, isMore: false });
    expect(await next.control.state('C1', never)).toMatchObject({ pausing });
    expect(await ask(next, { act: 'resume' })).toMatchObject({ pausing: null });
    expect(await next.control.list('C1', { limit: 5, ...never })).toMatchObject([
      { act: { act: 'resume' }, askedBy: 'ada@host', doneMs: file.clock.nowMs },
      { act: { act: 'pause' }, askedBy: 'ada@host', askedMs: file.clock.nowMs },
    ]);
  });

  it('R36 an act that this version does not know does nothing, and ends', async () => {
    const held = await failing('A1');
    file.exec(
      `INSERT INTO acts (stream_nr, act, asked_ms, asked_by) VALUES (1, '{"act":"dance"}', 1, 'x'), (1, '{', 1, 'x')`,
    );
    for (let nr = 0; nr < 2; nr += 1) {
      expect(await held.queue.obey(held.claim, never)).toMatchObject({ finished: { act: null, done: 0 } });
    }
    expect(await held.report.summary('C1', never)).toMatchObject({ messages: 2 });
  });
});

describe('replay of what was accepted', () => {
  const replay = (sinceMs: number, untilMs = Number.MAX_SAFE_INTEGER): DeliveryAct => ({
    act: 'replay',
    sinceMs,
    untilMs,
  });

  it('sends again what was accepted in the time, with ids, states and bodies of then, marked as a replay', async () => {
    const held = await file.hold({ keepAcceptedMs: 3 * DAY_MS });
    await held.write({ contacts: [contactWith('A1', 'a')] });
    await held.drain();
    file.clock.nowMs += HOUR_MS;
    const sinceMs = file.clock.nowMs;
    await held.write({ contacts: [contactWith('B1', 'b', 'c')] });
    const before = await held.drain();
    file.clock.nowMs += HOUR_MS;
    const { finished } = await ask(held, replay(sinceMs));
    expect(finished).toMatchObject({ done: 2, passedOver: 0, gone: 0 });
    const again = await held.drain();
    expect(again).toEqual(before.map((message) => ({ ...message, isReplay: true })));
    expect(await held.report.summary('C1', never)).toMatchObject({ messages: 0, contacts: 0 });
    await held.write({ contacts: [contactWith('B1', 'b', 'c')] });
    expect(await held.take()).toEqual([]);
  });

  it('R26 leaves out what has a newer version, accepted or waiting', async () => {
    const held = await file.hold({ keepAcceptedMs: 3 * DAY_MS });
    await held.write({ contacts: [contactWith('A1', 'a'), contactWith('B1', 'b')] });
    await held.drain();
    await held.write({ contacts: [contactWith('A1', 'a2')] });
    await held.drain();
    await held.write({ contacts: [contactWith('B1', 'b2')] });
    const { finished } = await ask(held, replay(0));
    expect(finished).toMatchObject({ done: 1, passedOver: 2 });
    expect(statusesOf(await held.drain()).toSorted()).toEqual(['A1:a2', 'B1:b2']);
  });

  it('says how many it cannot send again, since their bodies are not kept', async () => {
    const held = await file.hold({ keepAcceptedMs: 0 });
    await held.write({ contacts: [contactWith('A1', 'a')] });
    await held.drain();
    expect((await ask(held, replay(0))).finished).toMatchObject({ done: 0, gone: 1 });
  });

  it('a replay that fails for good is a dead letter that can be replayed, and its transaction counts as accepted', async () => {
    const held = await file.hold({ keepAcceptedMs: 3 * DAY_MS });
    await held.write({ contacts: [contactWith('A1', 'a')] });
    await held.drain();
    await ask(held, replay(0));
    const [message] = await held.take();
    const failure = failureAt(file.clock.nowMs);
    await held.settle({ id: message?.id ?? '', outcome: 'dead', code: 'DELIVERY_EXHAUSTED', failure });
    await held.write({ contacts: [contactWith('A1', 'a')] });
    expect(await held.take()).toEqual([]);
    const [letter] = await held.store.listDeadLetters('C1', { limit: 1, ...never });
    expect(await held.queue.replay(held.claim, letter?.key ?? '', never)).toBe('queued');
  });
});

describe('a replay asks which contacts the campaign has deleted', () => {
  const REPLAY = { act: 'replay', sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER } as const;

  it('and leaves out their messages, waits while it is not known, and sends them where the operator says so', async () => {
    const { write, drain, queue, control, claim } = await file.hold({ keepAcceptedMs: 86_400_000 });
    await write({ contacts: [contactWith('A1', 'a'), contactWith('B1', 'b'), contactWith('D1', 'd')] });
    await drain();
    await control.ask('C1', REPLAY, { by: 'ada', ...never });
    const asked: string[][] = [];
    const unknown = (ids: readonly string[]) => {
      asked.push(ids.toSorted());
      return null;
    };
    expect(await queue.obey(claim, { deletedOf: unknown, ...never })).toMatchObject({ finished: null, isMore: false });
    await control.ask('C1', { act: 'pause' }, { by: 'ada', ...never });
    expect(await queue.obey(claim, { deletedOf: unknown, ...never })).toMatchObject({
      finished: { act: { act: 'pause' } },
    });
    expect(asked).toEqual([['A1', 'B1', 'D1']]);
    const deletedOf = () => new Set(['B1']);
    const { finished, deleted } = await queue.obey(claim, { deletedOf, ...never });
    expect(finished).toMatchObject({ done: 2, passedOver: 1 });
    expect(deleted).toEqual(['B1']);
    expect(statusesOf(await drain()).toSorted()).toEqual(['A1:a', 'D1:d']);
    await control.ask('C1', { ...REPLAY, evenIfDeleted: true }, { by: 'ada', ...never });
    expect(await queue.obey(claim, { deletedOf, ...never })).toMatchObject({ finished: { done: 3 } });
  });

  it('and later acts wait for it, since a drop of all is also of what it queues', async () => {
    const { write, drain, queue, control, claim, report } = await file.hold({ keepAcceptedMs: 86_400_000 });
    await write({ contacts: [contactWith('A1', 'a')] });
    await drain();
    await control.ask('C1', REPLAY, { by: 'ada', ...never });
    await control.ask('C1', { act: 'drop', selection: { all: true } }, { by: 'ada', ...never });
    const unknown = () => null;
    expect(await queue.obey(claim, { deletedOf: unknown, ...never })).toMatchObject({ finished: null, isMore: false });
    const steps: { actNr: number; place: number }[] = [];
    const deletedOf = (_: readonly string[], step: { readonly actNr: number; readonly place: number }) => {
      steps.push(step);
      return new Set<string>();
    };
    for (const act of ['replay', 'drop']) {
      expect(await queue.obey(claim, { deletedOf, ...never })).toMatchObject({ finished: { act: { act }, done: 1 } });
    }
    expect(steps).toEqual([{ actNr: 1, place: 0 }]);
    expect(await report.summary('C1', never)).toMatchObject({ messages: 0, dead: 1 });
  });

  it('page by page, also where messages expire meanwhile', async () => {
    const { write, drain, queue, control, claim } = await file.hold({ keepAcceptedMs: 86_400_000 });
    await write({ contacts: Array.from({ length: 450 }, (_, nr) => contactWith(`K${nr}`, 'a')) });
    await drain();
    await control.ask('C1', REPLAY, { by: 'ada', ...never });
    let known = new Set<string>();
    const deletedOf = (ids: readonly string[]) => {
      known = new Set([...known, ...ids]);
      file.exec('DELETE FROM attempts WHERE nr = (SELECT min(nr) FROM attempts)');
      return new Set(ids.filter((id) => id.endsWith('9')));
    };
    for (let isMore = true; isMore; ) ({ isMore } = await queue.obey(claim, { deletedOf, ...never }));
    const sent = (await drain()).map(({ contactId }) => contactId);
    expect(sent.filter((id) => id.endsWith('9'))).toEqual([]);
    expect(sent.filter((id) => !known.has(id))).toEqual([]);
    expect(sent.length).toBeGreaterThan(400);
  });
});
