import type { StoreSink } from '@dbsync/core/contract';
import type { TediousClient } from '@dbsync/tds-peer/tedious-client';
import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dbsync2TablesOfSqlServer } from '../../../test/harness/dbsync2-tables.ts';
import { connectMssql, createTestDatabase, dropTestDatabase } from '../../../test/harness/servers/mssql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const { signal } = new AbortController();
let url: string;
let other: TediousClient;
const opened: StoreSink[] = [];

beforeEach(async () => {
  url = await createTestDatabase();
  other = await connectMssql(url);
});
afterEach(async () => {
  for (const sink of opened.splice(0)) await sink.close();
  await other[Symbol.asyncDispose]();
  await dropTestDatabase(url);
});

/** Tables of the old client, with rows of its own. */
const oldTables = (prefix: string) => [
  ...dbsync2TablesOfSqlServer(prefix),
  `INSERT INTO ${prefix}contacts ("$id", "$md5", "$campaign_id", "$status", "$comment", city, amount)
    VALUES (N'OLD', N'm', N'S', N'ok', N'x', 'Köln', 3)`,
  `INSERT INTO ${prefix}contacts ("$id", "$campaign_id", city) VALUES (N'OTHER', N'another campaign', 'Zürich')`,
  `INSERT INTO ${prefix}transactions (id, contact_id, fired, pause_time_sec) VALUES (N't', N'OLD', '2020-01-01T10:00:00.000Z', 7)`,
];

async function open(prefix: string): Promise<StoreSink> {
  const sink = createSink(serverTarget(url, { 'table-prefix': prefix }));
  opened.push(sink);
  await sink.open({ signal });
  await sink.declareFields([textField('city'), { name: 'amount', type: 'number' }, textField('City')], { signal });
  return sink;
}

it('goes on with tables of the old client: wider columns, exact values, earlier rows kept', async () => {
  for (const statement of oldTables('old_')) await other.runBatch(statement);
  const sink = await open('old_');
  const claim = await claimOf(sink, { stream: 'S' });
  expect(await sink.readState('S', { signal })).toMatchObject({ progress: null, hasForeignRows: true });
  const values = {
    $status: 's'.repeat(80),
    $comment: 'more than one letter',
    $created_date: '2026-03-01T08:00:00.120Z',
    city: 'Wrocław 😀',
    City: 'other',
    amount: 1.5,
  };
  const transaction = sampleTransaction('NEW', 1, { user: 'u'.repeat(300), pause_time_sec: 1.25 });
  const contacts = [sampleContact('NEW', { values, transactions: [transaction] })];
  expect(await sink.write(batchOf({ contacts }), claim, { signal })).toMatchObject({ inserted: 2 });
  const { rows } =
    await other.runBatch(`SELECT "$id", "$status", "$comment", city, CAST(amount AS nvarchar(9)) AS amount,
    "$created_date" AS created, "$overflow" AS more FROM old_contacts ORDER BY "$id"`);
  expect(rows).toEqual([
    ['NEW', 's'.repeat(80), 'more than one letter', 'Wrocław 😀', '2', '2026-03-01T08:00:00.120Z', expect.any(String)],
    ['OLD', 'ok', 'x', 'Köln', '3', null, null],
    ['OTHER', null, null, 'Zürich', null, null, null],
  ]);
  expect(JSON.parse(String(rows[0]?.[6]))).toMatchObject({ amount: 1.5 });
  const transactions = await other.runBatch(
    `SELECT contact_id, LEN("user") AS width, CAST(pause_time_sec AS nvarchar(9)) AS pause FROM old_transactions ORDER BY fired`,
  );
  expect(transactions.rows).toEqual([
    ['OLD', null, '7'],
    ['NEW', 300, '1'],
  ]);
  const whole = sampleContact('OLD', { transactions: [] });
  expect(await sink.write(batchOf({ contacts: [whole] }), claim, { signal })).toMatchObject({ updated: 1 });
});

it('R23 writes booleans and the time of a change into texts as the old client did', async () => {
  for (const statement of oldTables('old_')) await other.runBatch(statement);
  const sink = await open('old_');
  const claim = await claimOf(sink, { stream: 'S' });
  await sink.write(batchOf({ contacts: [sampleContact('NEW', { values: { city: true } })] }), claim, { signal });
  const { rows } = await other.runBatch(`SELECT k."isThirdPartyConnection", c.city, c."$changed"
    FROM old_connections k JOIN old_contacts c ON c."$id" = k.contact_id ORDER BY k.id`);
  const changed = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(rows).toEqual([
    ['0', '1', changed],
    ['1', '1', changed],
  ]);
});

it('names the prefix of such tables when another one is given, and takes an empty one', async () => {
  for (const statement of oldTables('')) await other.runBatch(statement);
  await expect(open('mcall_')).rejects.toMatchObject({
    code: 'SQL_OTHER_PREFIX',
    verdict: 'fatal',
    message: expect.stringContaining('--tp ""'),
  });
  const sink = await open('');
  const contacts = [sampleContact('NEW')];
  await sink.write(batchOf({ contacts }), await claimOf(sink, { stream: 'S' }), { signal });
  expect((await other.runBatch('SELECT COUNT(*) AS n FROM contacts')).rows).toEqual([[3]]);
});

it('finds nothing to change in its own tables at the next start', async () => {
  await open('mcall_');
  const again = createSink(serverTarget(url));
  opened.push(again);
  await again.open({ signal });
  const fields = [textField('city'), { name: 'amount', type: 'number' }, textField('City')];
  expect(await again.declareFields(fields, { signal, dryRun: true })).toEqual([]);
});
