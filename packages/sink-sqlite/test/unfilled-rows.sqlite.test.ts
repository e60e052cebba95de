import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, type SqliteFile } from '../../../test/harness/sqlite-file.ts';

/** A number of rows, more than a start fills before it begins to copy, and than one call fills after it. */
const OLD_ROWS = 16_500;
/** The keys of old rows come before all ids, so the rows of the contact are filled last. */
const OLD = `INSERT INTO mcall_contacts ("$id", "$campaign_id")
    SELECT 'OLD', "$campaign_id" FROM mcall_contacts WHERE "$id" = 'A1';
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${OLD_ROWS})
  INSERT INTO mcall_transactions (id, contact_id, "$overflow")
  SELECT '!' || printf('%06d', i), 'OLD', '{"sequence_nr":' || i || ',"x":1}' FROM n`;
/** Leaves the rows of the contact as the release before wrote them: without late columns. */
const AS_BEFORE = `UPDATE mcall_transactions SET campaign_id = NULL, sequence_nr = NULL,
    "$overflow" = json_object('sequence_nr', sequence_nr) WHERE contact_id = 'A1';
  UPDATE mcall_sync_columns SET filled = 0 WHERE table_name = 'transactions'`;

const contact = sampleContact('A1', { transactions: [1, 2].map((nr) => sampleTransaction('A1', nr)) });

/** Creates a copy of the release before, with old rows that a start does not fill. */
async function createUnfilled(): Promise<SqliteFile> {
  const file = createSqliteFile();
  onTestFinished(() => file[Symbol.asyncDispose]());
  const sink = await file.openSink({}, ['city']);
  const claim = await claimOf(sink);
  await sink.write(batchOf({ contacts: [contact] }), claim, never);
  await sink.release(claim, never);
  await sink.close();
  file.exec(`${AS_BEFORE}; ${OLD}`);
  return file;
}

const UNMOVED = `SELECT count(*) AS n FROM mcall_transactions WHERE sequence_nr IS NULL`;

it('R21 fills in parts, keeps the place, and another process continues there', async () => {
  const file = await createUnfilled();
  const first = await file.openSink({}, ['city']);
  const claim = await claimOf(first);
  const step = await first.filling?.fill(claim, never);
  expect(step).toMatchObject({ what: 'mcall_transactions', done: 15_000 });
  expect(file.query(UNMOVED)).toEqual([{ n: OLD_ROWS + 2 - 15_000 }]);
  await first.close();

  const second = file.createSink();
  await second.open(never);
  const next = await claimOf(second, { takeOverFrom: claim.holder });
  expect(await second.filling?.fill(next, never)).toMatchObject({ done: OLD_ROWS + 2 });
  expect(await second.filling?.fill(next, never)).toBeNull();
  expect(file.query(UNMOVED)).toEqual([{ n: 0 }]);
  expect(file.query(`SELECT "$overflow" AS more, count(*) AS n FROM mcall_transactions GROUP BY 1 ORDER BY n`)).toEqual(
    [
      { more: null, n: 2 },
      { more: '{"x":1}', n: OLD_ROWS },
    ],
  );
  expect(file.query('SELECT DISTINCT campaign_id FROM mcall_transactions')).toEqual(
    file.query(`SELECT "$campaign_id" AS campaign_id FROM mcall_contacts WHERE "$id" = 'A1'`),
  );
});

it('R8 takes a row that is not filled for equal, also where a write of the same md5 fills it', async () => {
  const file = await createUnfilled();
  const sink = await file.openSink({}, ['city']);
  const claim = await claimOf(sink);
  const records = { contacts: [contact], inboundCalls: [] };
  expect(await sink.verifying?.compareRows(claim.stream, records, never)).toEqual([]);
  const result = await sink.write(batchOf({ contacts: [contact] }), claim, never);
  expect(result).toMatchObject({ updated: 2, changedUnderSameMd5: [] });
  expect(await sink.verifying?.compareRows(claim.stream, records, never)).toEqual([]);
});

/** Leaves a note of a pass as the release before wrote it. */
const NOTE_AS_BEFORE = `UPDATE mcall_sync_columns SET field = json_remove(field, '$.types') WHERE table_name = 'fill'`;

it('R21 begins a pass again that a process of the release before began: its note tells no types', async () => {
  const file = await createUnfilled();
  const sink = await file.openSink({}, ['city']);
  const claim = await claimOf(sink);
  expect(await sink.filling?.fill(claim, never)).toMatchObject({ done: 15_000 });
  file.exec(NOTE_AS_BEFORE);
  expect(await sink.filling?.fill(claim, never)).toMatchObject({ done: 10_000 });
  expect(await sink.filling?.fill(claim, never)).toMatchObject({ done: OLD_ROWS + 2 });
  expect(await sink.filling?.fill(claim, never)).toBeNull();
});

it.each([
  ['while it is filled', '', 0],
  ['while a process of the release before fills it', NOTE_AS_BEFORE, 0],
  ['before the pass ends', '', 2],
  ['before another pass begins', NOTE_AS_BEFORE, 1],
])('R16b counts a column as lost that another program removes %s', async (_, change, parts) => {
  const file = await createUnfilled();
  const sink = await file.openSink({}, ['city']);
  const claim = await claimOf(sink);
  await sink.write(batchOf({ contacts: [contact], progress: PROGRESS }), claim, never);
  file.exec(`ALTER TABLE mcall_transactions DROP COLUMN sequence_nr; ${change}`);
  for (let part = 0; part < parts; part += 1) await sink.filling?.fill(claim, never);
  await sink.close();
  await file.openSink({}, ['city']);
  expect(file.notices.map(({ code }) => code)).toContain('SQL_ROWS_LOST');
});

const PROGRESS = {
  since: null,
  eventsUntil: null,
  listedFrom: null,
  fullyListedFrom: '2026-03-02T00:00:00.000Z',
  inboundUntil: null,
  backfill: null,
  md5Proves: true,
  md5AgreesSince: null,
  plan: null,
};

it('leaves a column of another program alone, and keeps the field in overflow', async () => {
  const file = createSqliteFile();
  onTestFinished(() => file[Symbol.asyncDispose]());
  const made = await file.openSink();
  await made.close();
  file.exec(`ALTER TABLE mcall_transactions DROP COLUMN phone; ALTER TABLE mcall_transactions DROP COLUMN sequence_nr;
    ALTER TABLE mcall_transactions ADD phone TEXT DEFAULT 'theirs';
    DELETE FROM mcall_sync_columns WHERE table_name = 'transactions'`);
  const sink = await file.openSink();
  const transactions = [sampleTransaction('A1', 1, { phone: '+49 30 1' })];
  await sink.write(batchOf({ contacts: [sampleContact('A1', { transactions })] }), await claimOf(sink), never);
  expect(file.query('SELECT phone, sequence_nr, "$overflow" AS more FROM mcall_transactions')).toEqual([
    { phone: 'theirs', sequence_nr: 1, more: '{"phone":"+49 30 1"}' },
  ]);
});
