import { expect, it } from 'vitest';
import { contactWith, statusesOf } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';
import type { SinkNotice } from '../../../src/contract/index.ts';

const file = outboxFileOfEachTest();

const DAMAGES = [
  ['is no JSON', `UPDATE bodies SET contact = '{"broken' WHERE message_nr = 1`],
  ['is no object', `UPDATE bodies SET transaction_body = 'null' WHERE message_nr = 1`],
  ['is lost', 'DELETE FROM bodies WHERE message_nr = 1'],
] as const;

it.each(DAMAGES)('R36 a message whose body %s is a dead letter, is reported, and harms no other', async (_, damage) => {
  const notices: SinkNotice[] = [];
  const { write, drain, store, report, queue, claim } = await file.hold({ notify: (notice) => notices.push(notice) });
  await write({ contacts: [contactWith('A1', 'a', 'b'), contactWith('B1', 'c')] });
  file.exec(damage);
  expect(statusesOf(await drain()).toSorted()).toEqual(['A1:b', 'B1:c']);
  expect(await report.summary('C1', never)).toMatchObject({ messages: 0, contacts: 0, accepted: 2, dead: 1 });
  const [letter] = await store.listDeadLetters('C1', { limit: 10, ...never });
  expect(letter).toMatchObject({ kind: 'message', contactId: 'A1', code: 'OUTBOX_MESSAGE_DAMAGED', attempts: 0 });
  expect(notices).toMatchObject([{ level: 'warn', code: 'OUTBOX_MESSAGE_DAMAGED' }]);
  expect(await queue.replay(claim, letter?.key ?? '', never)).toBe('absent');
});

it.each(DAMAGES)(
  'R36 a transaction whose message %s is queued again when its contact is fetched again',
  async (_, damage) => {
    const { write, drain, store, claim } = await file.hold();
    const contact = contactWith('A1', 'a');
    await write({ contacts: [contact] });
    file.exec(damage);
    expect(await drain()).toEqual([]);
    expect((await store.readVersions(claim, ['A1'], never)).get('A1')?.md5 ?? null).toBeNull();
    await write({ contacts: [contact] });
    expect(statusesOf(await drain())).toEqual(['A1:a']);
  },
);

it.each(DAMAGES)('R36 a message whose body %s can be dropped', async (_, damage) => {
  const { write, store, queue, control, claim } = await file.hold();
  await write({ contacts: [contactWith('A1', 'a')] });
  file.exec(damage);
  await control.ask('C1', { act: 'drop', selection: { all: true } }, { by: 'ada', ...never });
  expect(await queue.obey(claim, never)).toMatchObject({ finished: { done: 1 } });
  expect(await store.listDeadLetters('C1', { limit: 10, ...never })).toMatchObject([{ code: 'DELIVERY_DROPPED' }]);
});

it('R36 a contact id that another program made a number is read as text', async () => {
  const { write, drain } = await file.hold();
  await write({ contacts: [contactWith('A1', 'a')] });
  file.exec('UPDATE messages SET contact = 7');
  expect((await drain()).map(({ contactId }) => contactId)).toEqual(['7']);
});
