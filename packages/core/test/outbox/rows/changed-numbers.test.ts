import { expect, it } from 'vitest';
import { contactWith, type HeldOutbox, statusesOf } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();
const DAY = 86_400_000;
const REPLAY = { act: 'replay', sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER } as const;
const FENCED = { code: 'OUTBOX_ROWS_CHANGED', verdict: 'fenced', outcome: 'not-committed' };

async function withAccepted(): Promise<HeldOutbox> {
  const held = await file.hold({ keepAcceptedMs: DAY });
  await held.write({ contacts: [contactWith('A1', 'a')] });
  await held.drain();
  return held;
}

it.each(['messages', 'acts', 'attempts'])(
  'R36 an odd number in %s while a claim holds ends that claim, and the next one goes on',
  async (table) => {
    const { write, take, control, queue, claim } = await withAccepted();
    await write({ contacts: [contactWith('B1', 'b')] });
    await control.ask('C1', REPLAY, { by: 'ada', ...never });
    file.exec(`UPDATE ${table} SET nr = 9223372036854775807`);
    await expect(table === 'messages' ? take() : queue.obey(claim, never)).rejects.toMatchObject(FENCED);
    const next = await file.hold({ keepAcceptedMs: DAY });
    await next.obeyOne();
    const sent = statusesOf(await next.drain());
    expect(sent).toContain('A1:a');
    await next.write({ contacts: [contactWith('B1', 'b')] });
    expect([...sent, ...statusesOf(await next.drain())].toSorted()).toEqual(['A1:a', 'B1:b']);
  },
);

it('R36 a message or an act that the file does not give up is not tried without end', async () => {
  const { write, take, control, queue, claim } = await withAccepted();
  await write({ contacts: [contactWith('B1', 'b')] });
  await control.ask('C1', { act: 'resume' }, { by: 'ada', ...never });
  file.exec(`
    DELETE FROM bodies;
    CREATE TRIGGER kept BEFORE DELETE ON messages BEGIN SELECT RAISE(IGNORE); END;
    CREATE TRIGGER open BEFORE UPDATE ON acts BEGIN SELECT RAISE(IGNORE); END;`);
  expect(await take()).toEqual([]);
  expect(await queue.obey(claim, never)).toMatchObject({ isMore: false });
});

it('R36 a message that gets another number never gets the body of an accepted one', async () => {
  const { write, take, accept } = await file.hold({ keepAcceptedMs: DAY });
  await write({ contacts: [contactWith('A1', 'a')] });
  await write({ contacts: [contactWith('B1', 'b')] });
  await accept(...(await take()).filter(({ contactId }) => contactId === 'B1'));
  file.exec('UPDATE messages SET nr = 9223372036854775807');
  const next = await file.hold({ keepAcceptedMs: DAY });
  expect(await next.drain()).toEqual([]);
  await next.write({ contacts: [contactWith('A1', 'a')] });
  expect(statusesOf(await next.drain())).toEqual(['A1:a']);
});

it('R36 a message and its body whose numbers another program changed alike stay together', async () => {
  const { write, take, accept } = await file.hold({ keepAcceptedMs: DAY });
  await write({ contacts: [contactWith('A1', 'a'), contactWith('B1', 'b'), contactWith('D1', 'd')] });
  await accept(...(await take()).filter(({ contactId }) => contactId === 'B1'));
  file.exec(`
    UPDATE messages SET nr = nr + 9000000000000000000;
    UPDATE bodies SET message_nr = message_nr + 9000000000000000000;
    UPDATE attempts SET body_nr = body_nr + 9000000000000000000;
    UPDATE ledger SET message_nr = message_nr + 9000000000000000000`);
  const next = await file.hold({ keepAcceptedMs: DAY });
  await next.write({ contacts: [contactWith('A1', 'a2')] });
  expect(statusesOf(await next.drain()).toSorted()).toEqual(['A1:a', 'A1:a2', 'D1:d']);
  await next.control.ask('C1', REPLAY, { by: 'ada', ...never });
  await next.obeyOne();
  expect(statusesOf(await next.drain()).toSorted()).toEqual(['A1:a2', 'B1:b', 'D1:d']);
});

it.each(['at once', 'after the next claim'])(
  'R36 a body that another program removed leaves its number to no other message, %s',
  async (when) => {
    const { write, drain } = await withAccepted();
    file.exec('DELETE FROM bodies');
    const next = when === 'at once' ? { write, drain } : await file.hold({ keepAcceptedMs: DAY });
    await next.write({ contacts: [contactWith('B1', 'b')] });
    const last = await file.hold({ keepAcceptedMs: DAY });
    await last.control.ask('C1', REPLAY, { by: 'ada', ...never });
    expect((await last.obeyOne()).finished).toMatchObject({ gone: 1, done: 0 });
    expect(statusesOf(await last.drain())).toEqual(['B1:b']);
  },
);

it('R36 an acceptance that names the body of a waiting message does not send or remove it', async () => {
  const held = await withAccepted();
  await held.write({ contacts: [contactWith('B1', 'b')] });
  file.exec('UPDATE attempts SET body_nr = (SELECT nr FROM messages)');
  await held.control.ask('C1', REPLAY, { by: 'ada', ...never });
  expect((await held.obeyOne()).finished).toMatchObject({ gone: 1, done: 0 });
  file.clock.nowMs += 2 * DAY;
  await held.queue.obey(held.claim, never);
  await held.store.erasure?.forget(['A1'], never);
  expect(statusesOf(await held.drain())).toEqual(['B1:b']);
});
