import { writeFileSync } from 'node:fs';
import { sampleTransaction } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { contactOf, type HeldOutbox, progressSince } from '../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();

const [EARLY, START, LATE] = ['2026-03-01', '2026-03-02', '2026-03-03'].map((day) => `${day}T00:00:00.000Z`);
const firedAt = (nr: number, fired: unknown) => sampleTransaction('A1', nr, { fired: fired as string });
const contact = () =>
  contactOf('A1', [firedAt(1, '2026-03-01T10:00:00.000Z'), firedAt(2, START), firedAt(3, 'no time'), firedAt(4, null)]);

async function sequencesOf(held: HeldOutbox) {
  return (await held.drain()).map(({ transaction }) => transaction.sequence_nr);
}

it('R28 only transactions fired at the start or after it are queued; one without a time counts as new', async () => {
  const held = await file.hold();
  await held.write({ progress: progressSince(START ?? '') });
  expect(await held.write({ contacts: [contact()] })).toMatchObject({ inserted: 3, unchanged: 1 });
  expect(await sequencesOf(held)).toEqual([2, 3, 4]);
});

it('R28 the batch that brings the start keeps to it', async () => {
  const held = await file.hold();
  await held.write({ contacts: [contact()], progress: progressSince(START ?? '') });
  expect(await sequencesOf(held)).toEqual([2, 3, 4]);
});

it('R28 the start is written once, and a later one changes nothing', async () => {
  const held = await file.hold();
  await held.write({ progress: progressSince(START ?? '') });
  await held.write({ progress: progressSince(LATE ?? '') });
  const next = await file.hold();
  expect(await next.write({ contacts: [contact()] })).toMatchObject({ inserted: 3 });
});

it('R28 an earlier start is kept, and contacts that were written before it prove nothing of what it adds', async () => {
  const held = await file.hold();
  await held.write({ contacts: [contact()], progress: progressSince(START ?? '') });
  expect(await held.store.readVersions(held.claim, ['A1'], never)).not.toEqual(new Map());
  expect(await sequencesOf(held)).toEqual([2, 3, 4]);
  await held.write({ progress: progressSince(EARLY ?? '') });
  expect(await held.store.readVersions(held.claim, ['A1'], never)).toEqual(new Map());
  const again = await held.write({ contacts: [contact()] });
  expect(again).toMatchObject({ inserted: 1, unchanged: 3, changedUnderSameMd5: [] });
  expect(await sequencesOf(held)).toEqual([1]);
  expect(await held.store.readVersions(held.claim, ['A1'], never)).not.toEqual(new Map());
});

it('R28 a start of everything stays one', async () => {
  const held = await file.hold();
  await held.write({ progress: progressSince(null) });
  await held.write({ contacts: [contact()], progress: progressSince(START ?? '') });
  expect(await sequencesOf(held)).toEqual([1, 2, 3, 4]);
});

it('R28 a state file that is missing where there was one is an error that names the ways out', async () => {
  const error = await file.open({ ifMissing: 'refuse' }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'OUTBOX_STATE_MISSING', verdict: 'fatal' });
  expect(String(error)).toMatch(/--new-state.*--since/);
  await file.hold();
  await file.open({ ifMissing: 'refuse' });
});

it('R28 a state file that has become empty is a missing one', async () => {
  writeFileSync(file.file, '');
  await expect(file.open({ ifMissing: 'refuse' })).rejects.toMatchObject({ code: 'OUTBOX_STATE_MISSING' });
});

it('R28 the file of another campaign is refused, and left as it is', async () => {
  await file.hold({ campaign: 'C1' });
  const refused = { code: 'OUTBOX_OF_OTHER_CAMPAIGN', verdict: 'fatal', message: expect.stringContaining('C1') };
  await expect(file.open({ campaign: 'C2' })).rejects.toMatchObject(refused);
  expect(file.query('SELECT stream FROM streams')).toEqual([{ stream: 'C1' }]);
});

it('R4 a start from the future moves back with the beginning, and what it kept out is queued', async () => {
  const held = await file.hold();
  await held.write({ contacts: [contact()], progress: progressSince('2026-03-12T00:00:00.000Z') });
  expect(await sequencesOf(held)).toEqual([3, 4]);
  await held.write({ progress: progressSince(START ?? '') });
  expect(await held.store.readVersions(held.claim, ['A1'], never)).toEqual(new Map());
  await held.write({ contacts: [contact()] });
  expect(await sequencesOf(held)).toEqual([2]);
});
