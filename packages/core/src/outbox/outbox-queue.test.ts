import { digits } from '@dbsync/core/contract';
import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import { describe, expect, it } from 'vitest';
import { contactOf, contactWith, failureAt, statusesOf } from '../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../test/harness/sqlite-file.ts';
import { HOSTILE_TEXTS, HOSTILE_TYPED_VALUES } from '../../../testkit/src/samples/hostile-values.ts';

const file = outboxFileOfEachTest();

describe('what is queued', () => {
  it('is each transaction with its contact, whole but for the log of tasks', async () => {
    const { write, take } = await file.hold();
    const tree = sampleContact('A1');
    expect(await write({ contacts: [tree] })).toMatchObject({ inserted: 2, updated: 0, unchanged: 0 });
    const [message, ...rest] = await take();
    const { $task_log, ...contact } = tree.values;
    expect(message).toEqual({
      id: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
      contactId: 'A1',
      attempt: 1,
      contact,
      transaction: tree.transactions[0]?.values,
      state: 'new',
      failingSinceMs: null,
      isRetry: false,
      allAttempts: 1,
    });
    expect(rest).toEqual([]);
  });

  it('comes out as the API spelled it, whatever it was', async () => {
    const { write, drain } = await file.hold();
    const numbers = { big: digits('12345678901234567890'), decimal: digits('1.10'), exponent: digits('1e3') };
    const values = { ...numbers, texts: HOSTILE_TEXTS, typed: HOSTILE_TYPED_VALUES, ...ownProto() };
    const contacts = ['A1', 'lone \ud83d', '\0', 'x'.repeat(5_000)].map((id) =>
      sampleContact(id, { values, transactions: [sampleTransaction(id, 1, values)] }),
    );
    await write({ contacts });
    const messages = await drain();
    expect(messages.map(({ contactId }) => contactId)).toEqual(contacts.map(({ contactId }) => contactId));
    for (const [at, { contact, transaction }] of messages.entries()) {
      const { $task_log, ...body } = contacts[at]?.values ?? {};
      expect(JSON.stringify(contact)).toBe(JSON.stringify(body));
      expect(JSON.stringify(transaction)).toBe(JSON.stringify(contacts[at]?.transactions[0]?.values));
    }
  });

  it('R25 is what differs from what was last queued, however its keys are ordered', async () => {
    const { write, drain } = await file.hold();
    const [first, second] = [sampleTransaction('A1', 1), sampleTransaction('A1', 2)];
    await write({ contacts: [contactOf('A1', [first, second])] });
    await drain();
    const reordered = { ...first, values: Object.fromEntries(Object.entries(first.values).reverse()) };
    const edited = { ...second, values: { ...second.values, status: 'edited' } };
    const result = await write({ contacts: [contactOf('A1', [reordered, edited, sampleTransaction('A1', 3)])] });
    expect(result).toMatchObject({ inserted: 1, updated: 1, unchanged: 1 });
    expect(statusesOf(await drain())).toEqual(['A1:edited', 'A1:success']);
    const again = await write({ contacts: [contactOf('A1', [first, edited])] });
    expect(again).toMatchObject({ inserted: 0, updated: 0, unchanged: 2 });
  });

  it('R25 is nothing of a commit that fails', async () => {
    const { write, claim, store } = await file.hold();
    const next = await file.hold();
    await expect(write({ contacts: [contactWith('A1', 'a')] })).rejects.toMatchObject({ code: 'OUTBOX_FENCED' });
    expect(await store.readVersions(claim, ['A1'], never)).toEqual(new Map());
    expect(await next.write({ contacts: [contactWith('A1', 'a')] })).toMatchObject({ inserted: 1 });
  });

  it('keeps inbound calls out: they are not sent', async () => {
    const { write, take } = await file.hold();
    const call = { id: 'call-1', values: { id: 'call-1' } };
    expect(await write({ inboundCalls: [call] })).toMatchObject({ inserted: 0, updated: 0, unchanged: 0 });
    expect(await take()).toEqual([]);
  });
});

describe('a message that was attempted', () => {
  it('R24 never changes: the newer version waits behind it, under an id of its own', async () => {
    const { write, take, accept } = await file.hold();
    await write({ contacts: [contactWith('A1', 'a')] });
    const [first] = await take();
    await write({ contacts: [contactWith('A1', 'b')] });
    expect(await take()).toEqual([]);
    await accept(...(first ? [first] : []));
    const [second] = await take();
    expect(second).toMatchObject({ transaction: { status: 'b' }, state: 'updated', attempt: 1 });
    expect(second?.id).not.toBe(first?.id);
  });

  it('R24 was marked before it was handed out: after a crash it goes out again, the same, and not as a further attempt', async () => {
    const crashed = await file.hold();
    await crashed.write({ contacts: [contactWith('A1', 'a')] });
    const [before] = await crashed.take();
    await crashed.write({ contacts: [contactWith('A1', 'b')] });
    const next = await file.hold();
    expect(await next.take()).toEqual([{ ...before, allAttempts: 2 }]);
    await expect(crashed.accept(...(before ? [before] : []))).rejects.toMatchObject({ verdict: 'fenced' });
    expect(statusesOf(await next.take())).toEqual([]);
  });

  it('R24 gives way to newer content before its first attempt, with its id and its place', async () => {
    const { write, drain } = await file.hold();
    await write({ contacts: [contactWith('A1', 'a'), contactWith('B2', 'a')] });
    const [{ id } = { id: '' }] = file.query('SELECT hex(id) AS id FROM messages ORDER BY nr');
    expect(await write({ contacts: [contactWith('A1', 'b')] })).toMatchObject({ inserted: 0, updated: 1 });
    const messages = await drain();
    expect(statusesOf(messages)).toEqual(['A1:b', 'B2:a']);
    expect(messages[0]).toMatchObject({ id: `msg_${String(id).toLowerCase()}`, state: 'new' });
  });

  it('R24 counts only attempts whose end is known', async () => {
    const { write, take, settle, claim } = await file.hold();
    await write({ contacts: [contactWith('A1', 'a')] });
    const attempts: number[] = [];
    for (const outcome of ['failed', 'postponed', 'failed'] as const) {
      const [message] = await take();
      attempts.push(message?.attempt ?? 0);
      await settle({ id: message?.id ?? '', outcome, dueMs: 0, failure: failureAt(file.clock.nowMs) });
    }
    const [last] = await take();
    expect([...attempts, last?.attempt]).toEqual([1, 2, 2, 3]);
    expect(claim.epoch).toBe(1n);
  });

  it('R27 is an update only where an acceptance of its transaction is known at its first attempt', async () => {
    const { write, take, accept } = await file.hold();
    await write({ contacts: [contactWith('A1', 'a')] });
    const [first] = await take();
    await write({ contacts: [contactWith('A1', 'b')] });
    await accept(...(first ? [first] : []));
    const [second] = await take();
    await write({ contacts: [contactWith('A1', 'c')] });
    const next = await file.hold();
    const [again] = await next.take();
    await next.accept(...(again ? [again] : []));
    const third = await next.drain();
    expect([first, second, again, ...third].map((message) => message?.state)).toEqual([
      'new',
      'updated',
      'updated',
      'updated',
    ]);
  });

  it('R27 stays new where the version before it died', async () => {
    const { write, take, settle, drain } = await file.hold();
    await write({ contacts: [contactWith('A1', 'a')] });
    const [first] = await take();
    await settle({ id: first?.id ?? '', outcome: 'dead', code: 'TEST_DEAD', failure: failureAt(0) });
    await write({ contacts: [contactWith('A1', 'b')] });
    expect((await drain()).map(({ state }) => state)).toEqual(['new']);
  });
});

describe('what is taken', () => {
  it('R31 is the first of each contact, retries last, and no contact twice', async () => {
    const { write, take, settle, accept } = await file.hold();
    await write({ contacts: [contactWith('A1', 'a1', 'a2'), contactWith('B2', 'b1'), contactWith('C3', 'c1')] });
    const [a1, b1] = await take(2);
    expect(statusesOf([a1, b1].filter((message) => message !== undefined))).toEqual(['A1:a1', 'B2:b1']);
    await settle({ id: b1?.id ?? '', outcome: 'failed', dueMs: file.clock.nowMs + 1_000, failure: failureAt(0) });
    expect(statusesOf(await take())).toEqual(['C3:c1']);
    await accept(...(a1 ? [a1] : []));
    file.clock.nowMs += 2_000;
    await write({ contacts: [contactWith('D4', 'd1')] });
    expect(statusesOf(await take())).toEqual(['A1:a2', 'D4:d1', 'B2:b1']);
  });

  it('leaves out the contacts named', async () => {
    const { write, claim, queue } = await file.hold();
    await write({ contacts: [contactWith('A1', 'a'), contactWith('lone \ud83d', 'b'), contactWith('C3', 'c')] });
    const taken = await queue.take(claim, {
      limit: 1,
      nowMs: file.clock.nowMs,
      except: new Set(['A1', 'lone \ud83d']),
      ...never,
    });
    expect(statusesOf(taken)).toEqual(['C3:c']);
  });

  it('goes out at once though the clock was set back since it was queued', async () => {
    const { write, take } = await file.hold();
    await write({ contacts: [contactWith('A1', 'a')] });
    file.clock.nowMs -= 86_400_000;
    expect(await take()).toHaveLength(1);
  });

  it('says since when its contact fails, until one is accepted or its queue is empty', async () => {
    const { write, take, settle, accept } = await file.hold();
    await write({ contacts: [contactWith('A1', 'a1', 'a2', 'a3')] });
    const fail = async (outcome: 'failed' | 'postponed' | 'dead', atMs: number) => {
      const [message] = await take();
      const failure = failureAt(atMs);
      const ending = outcome === 'dead' ? { outcome, code: 'TEST_DEAD' } : { outcome, dueMs: 0 };
      await settle({ id: message?.id ?? '', failure, ...ending });
      return message?.failingSinceMs;
    };
    const since = [await fail('postponed', 1), await fail('failed', 2), await fail('failed', 3), await fail('dead', 4)];
    const [second] = await take();
    await accept(...(second ? [second] : []));
    const [third] = await take();
    expect([...since, second?.failingSinceMs, third?.failingSinceMs]).toEqual([null, null, 2, 2, 2, null]);
  });
});

describe('the backlog', () => {
  it('is counted with every change, and knows when the next is due', async () => {
    const { write, take, settle, accept, queue } = await file.hold();
    const backlog = () => queue.backlog(never);
    expect(await backlog()).toEqual({ messages: 0, contacts: 0, oldestMs: null, dueMs: null });
    await write({ contacts: [contactWith('A1', 'a1', 'a2'), contactWith('B2', 'b1')] });
    const now = file.clock.nowMs;
    file.clock.nowMs += 5_000;
    expect(await backlog()).toEqual({ messages: 3, contacts: 2, oldestMs: now, dueMs: now + 5_000 });
    const [a1, b1] = await take();
    expect(await backlog()).toEqual({ messages: 3, contacts: 2, oldestMs: now, dueMs: null });
    await settle({ id: b1?.id ?? '', outcome: 'failed', dueMs: now + 60_000, failure: failureAt(now) });
    expect((await backlog()).dueMs).toBe(now + 60_000);
    await accept(...(a1 ? [a1] : []));
    expect(await backlog()).toEqual({ messages: 2, contacts: 2, oldestMs: now, dueMs: now + 5_000 });
  });

  it('knows whether anything was ever accepted', async () => {
    const { write, drain, queue } = await file.hold();
    await write({ contacts: [contactWith('A1', 'a')] });
    expect(await queue.hasAccepted(never)).toBe(false);
    await drain();
    expect(await (await file.open()).queue.hasAccepted(never)).toBe(true);
  });
});

function ownProto() {
  return JSON.parse('{"__proto__":{"polluted":true},"constructor":"c"}') as Record<string, string>;
}
