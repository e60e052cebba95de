import { md5Of, sampleContact, sampleTransaction } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { progressSince } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';

const START = '2026-01-01T00:00:00.000Z';
const BEFORE = 'filter=all prefixes= without=- hashed=- key=-';
const NOW = 'filter=all prefixes= without=phone hashed=- key=-';
const NARROW = 'filter=all prefixes=qc_';

const file = outboxFileOfEachTest();

/** Transactions of these days in March, each with a phone number or without. */
const contact = (md5: string, phone: string | null, ...days: readonly number[]) => {
  const value = phone === null ? {} : { phone };
  const transactions = days.map((day) =>
    sampleTransaction('A1', day, { fired: `2026-03-0${day}T12:00:00.000Z`, ...value }),
  );
  return sampleContact('A1', { md5: md5Of(md5), values: { name: 'A', ...value }, transactions });
};
const progress = progressSince(START, '2026-03-08T20:00:00.000Z');

it('R32 sends nothing again of a body that is as it was', async () => {
  const before = await file.hold({ plan: BEFORE });
  await before.write({ contacts: [contact('m', 'SECRET', 1, 2)], progress });
  expect(await before.drain()).toHaveLength(2);
  const now = await file.hold({ plan: NOW });
  expect(await now.write({ contacts: [contact('m', null, 1, 2)] })).toMatchObject({ unchanged: 2 });
  expect(await now.take()).toEqual([]);
  expect(await now.write({ contacts: [contact('m2', null, 1, 2, 9)] })).toMatchObject({ inserted: 1, unchanged: 2 });
  expect(await now.drain()).toMatchObject([{ state: 'new', transaction: { sequence_nr: 9 } }]);
});

/** The contact alone has a phone number, or has none. */
const contactAlone = (phone: string | null) => {
  const { transactions } = contact('m', null, 1, 2);
  const value = phone === null ? {} : { phone };
  return sampleContact('A1', { md5: md5Of('m'), values: { name: 'A', ...value }, transactions });
};

it('R24 gives the body of now to what waits for its first attempt, and leaves what was attempted as it was', async () => {
  const before = await file.hold({ plan: BEFORE });
  await before.write({ contacts: [contactAlone('SECRET')], progress });
  const [attempted] = await before.take(1);
  const now = await file.hold({ plan: NOW });
  await now.write({ contacts: [contactAlone(null)] });
  const sent = await now.drain();
  expect(sent.map(({ id, contact: { phone } }) => [id === attempted?.id, phone])).toEqual([
    [true, 'SECRET'],
    [false, undefined],
  ]);
});

it('R32 delivers a transaction that appears late: other rules leave out no transaction', async () => {
  const before = await file.hold({ plan: BEFORE });
  await before.write({ contacts: [contact('m', 'SECRET', 1)], progress });
  await before.drain();
  const now = await file.hold({ plan: NOW });
  await now.write({ contacts: [contact('m2', null, 1, 7)] });
  expect((await now.drain()).map(({ transaction }) => transaction.sequence_nr)).toContain(7);
});

it('R32 still passes over the history that a wider filter lets in', async () => {
  const narrow = await file.hold({ plan: NARROW });
  await narrow.write({ contacts: [contact('m', 'SECRET', 1)], progress });
  await narrow.drain();
  const wide = await file.hold({ plan: NOW });
  await wide.write({ contacts: [contact('m', null, 1, 7)] });
  expect(await wide.drain()).toEqual([]);
});
