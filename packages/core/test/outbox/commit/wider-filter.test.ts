import { md5Of, sampleContact, sampleTransaction } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { type HeldOutbox, progressSince } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();

const START = '2026-01-01T00:00:00.000Z';
/** Transactions 1 to 9 are fired at noon of that day of March. */
const firedOn = (day: number, status = 'success') =>
  sampleTransaction('A1', day, { status, fired: `2026-03-0${day}T12:00:00.000Z` });
const contact = (md5: string, ...days: readonly number[]) =>
  sampleContact('A1', { md5: md5Of(md5), transactions: days.map((day) => firedOn(day)) });

async function daysOf(held: HeldOutbox) {
  return (await held.drain()).map(({ transaction }) => transaction.sequence_nr);
}

/** The narrow plan has seen the second of four days, and all events up to the evening of the 4th. */
async function narrowRun() {
  const held = await file.hold({ plan: 'narrow' });
  await held.write({ contacts: [contact('m1', 2)], progress: progressSince(START, '2026-03-04T20:00:00.000Z') });
  expect(await daysOf(held)).toEqual([2]);
}

it('R32 what newly passes of an unchanged body goes into the ledger alone', async () => {
  await narrowRun();
  const wide = await file.hold({ plan: 'wide' });
  const result = await wide.write({ contacts: [contact('m1', 1, 2, 3, 9)] });
  expect(result).toMatchObject({ inserted: 0, updated: 0, unchanged: 4, changedUnderSameMd5: [] });
  expect(await daysOf(wide)).toEqual([]);
  expect(await wide.store.readVersions(wide.claim, ['A1'], never)).not.toEqual(new Map());
});

it('R32 of a body that changed, what was fired before the events were read under the other plan is history', async () => {
  await narrowRun();
  const wide = await file.hold({ plan: 'wide' });
  await wide.write({ contacts: [contact('m2', 1, 2, 4, 5, 6)] });
  expect(await daysOf(wide)).toEqual([5, 6]);
});

it('R32 the instant of the change is kept, under any claim and however far events are read since', async () => {
  await narrowRun();
  const wide = await file.hold({ plan: 'wide' });
  await wide.write({ progress: progressSince(START, '2026-03-08T20:00:00.000Z') });
  const again = await file.hold({ plan: 'wide' });
  await again.write({ contacts: [contact('m2', 1, 2, 4, 5, 6)] });
  expect(await daysOf(again)).toEqual([5, 6]);
});

it('R32 a contact that no other plan has seen is no history', async () => {
  await narrowRun();
  const wide = await file.hold({ plan: 'wide' });
  await wide.write({ contacts: [sampleContact('B2', { transactions: [sampleTransaction('B2', 1)] })] });
  expect((await wide.drain()).map(({ contactId }) => contactId)).toEqual(['B2']);
});

it('R32 a transaction that the former filter let in is no history, however late it is seen', async () => {
  const narrow = await file.hold({ plan: 'filter=updates_only prefixes= columns=native' });
  await narrow.write({ contacts: [contact('m1', 2)], progress: progressSince(START, '2026-03-04T20:00:00.000Z') });
  expect(await daysOf(narrow)).toEqual([2]);
  const wide = await file.hold({ plan: 'filter=all prefixes= columns=native' });
  const dialled = sampleTransaction('A1', 1, { type: 'dial', fired: '2026-03-01T12:00:00.000Z' });
  const late = sampleContact('A1', { md5: md5Of('m2'), transactions: [dialled, firedOn(2), firedOn(3)] });
  await wide.write({ contacts: [late] });
  expect(await daysOf(wide)).toEqual([3]);
});

it('R32 history that changes later goes out, as new', async () => {
  await narrowRun();
  const wide = await file.hold({ plan: 'wide' });
  await wide.write({ contacts: [contact('m1', 1, 2)] });
  const edited = sampleContact('A1', { md5: md5Of('m3'), transactions: [firedOn(1, 'edited'), firedOn(2)] });
  expect(await wide.write({ contacts: [edited] })).toMatchObject({ inserted: 1, updated: 0, unchanged: 1 });
  expect(await wide.drain()).toMatchObject([{ state: 'new', transaction: { status: 'edited' } }]);
});

it('R32 history is sent from the instant on that --since names, be it passed over before', async () => {
  await narrowRun();
  const passedOver = await file.hold({ plan: 'wide' });
  await passedOver.write({ contacts: [contact('m1', 1, 2, 3)] });
  const asked = await file.hold({ plan: 'wide', historySince: '2026-03-03T00:00:00.000Z' });
  const result = await asked.write({ contacts: [contact('m1', 1, 2, 3, 4)] });
  expect(result.changedUnderSameMd5).toEqual(['A1']);
  expect(await daysOf(asked)).toEqual([3, 4]);
  const wider = await file.hold({ plan: 'wider', historySince: '2026-03-03T00:00:00.000Z' });
  await wider.write({ contacts: [contact('m1', 1, 2, 3, 4, 5)] });
  expect(await daysOf(wider)).toEqual([5]);
});
