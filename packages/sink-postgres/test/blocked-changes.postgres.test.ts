import type { Claim, Field, SinkNotice, StoreSink } from '@dbsync/core/contract';
import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
let url: string;
let other: pg.Client;
let notices: SinkNotice[];
const opened: StoreSink[] = [];

beforeEach(async () => {
  url = await createTestDatabase();
  notices = [];
  other = new pg.Client({ connectionString: url });
  await other.connect();
});
afterEach(async () => {
  for (const sink of opened.splice(0)) await sink.close();
  await other.end();
});

async function openSink(fields: readonly Field[] = [], prefix = 'mcall_'): Promise<StoreSink> {
  const target = serverTarget(url, { 'table-prefix': prefix });
  const sink = createSink({ ...target, notify: (notice) => notices.push(notice) });
  opened.push(sink);
  await sink.open(options);
  await sink.declareFields(fields, options);
  return sink;
}

async function write(sink: StoreSink, claim: Claim, ...contacts: ReturnType<typeof sampleContact>[]) {
  return sink.write(batchOf({ contacts }), claim, options);
}

const query = async (text: string) => (await other.query(text)).rows;
const deferred = () => notices.filter(({ code }) => code === 'SQL_CHANGE_DEFERRED').map(({ message }) => message);

/** A short form of the old client's tables, with their narrow texts. */
const OLD = `
  CREATE TABLE contacts ("$id" varchar(50) PRIMARY KEY, "$md5" varchar(50), "$phone" varchar(20), "$comment" varchar(20),
    "$owner" varchar(20), "$task" varchar(20), "$status" varchar(20), "$source" varchar(20), "$error" varchar(20),
    "$changed" varchar(50), city text);
  CREATE TABLE transactions (id varchar(50) PRIMARY KEY, contact_id varchar(50), fired varchar(50), result varchar(50), "$changed" varchar(50))`;

/** Objects that each keep one column from getting another type. */
const OBSTACLES = `
  CREATE VIEW report AS SELECT "$phone", "$changed" FROM contacts;
  CREATE MATERIALIZED VIEW totals AS SELECT "$comment" FROM contacts;
  CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
  CREATE TRIGGER "On owner" BEFORE UPDATE OF "$owner" ON contacts FOR EACH ROW EXECUTE FUNCTION stamp();
  ALTER TABLE contacts ADD short text GENERATED ALWAYS AS (left("$task", 2)) STORED;
  CREATE POLICY own ON contacts USING ("$status" <> 'secret');
  CREATE RULE noted AS ON UPDATE TO contacts WHERE new."$source" = 'none' DO ALSO SELECT 1`;

it('R35 leaves the columns that others use as they are, widens all others, and says what stands in the way', async () => {
  await other.query(`${OLD}; ${OBSTACLES}`);
  const sink = await openSink([textField('city')], '');
  const long = 'long '.repeat(20).trim();
  const blocked = { $phone: long, $comment: long, $owner: long, $task: long, $status: long, $source: long };
  const contact = sampleContact('A1', { values: { ...blocked, $error: long } });
  const claim = await claimOf(sink);
  await write(sink, claim, contact);
  const [row] = await query('SELECT "$error" AS free, "$overflow" AS more FROM contacts');
  expect(row.free).toBe(long);
  expect(JSON.parse(row.more)).toEqual(blocked);
  const told = deferred().join('\n');
  for (const name of [
    'view public.report',
    'materialized view public.totals',
    'trigger "On owner" on public.contacts',
    'policy own',
    'rule noted',
  ])
    expect(told).toContain(name);
  expect(told).toContain('DROP VIEW public.report;');
  expect(told).toContain('generated column public.contacts.short');
  expect(told).not.toContain('$changed');
});

it('R35 widens a column when the view is gone, while the same sink is open, and moves its value there', async () => {
  await other.query(`${OLD}; CREATE VIEW report AS SELECT "$phone", "$comment" FROM contacts`);
  const sink = await openSink([textField('city')], '');
  const claim = await claimOf(sink);
  await write(sink, claim, sampleContact('A1', { values: { $phone: '+49'.padEnd(70, '1') } }));
  await sink.declareFields([textField('city')], options);
  expect(deferred()).toEqual([
    expect.stringContaining('contacts.$phone, contacts.$comment (in the way: view public.report)'),
  ]);
  await other.query('DROP VIEW report');
  expect(await sink.declareFields([textField('city')], options)).toMatchObject([
    { column: '$phone', change: 'widen' },
    { column: '$comment', change: 'widen' },
  ]);
  expect(await query('SELECT "$phone", "$overflow" AS more FROM contacts')).toEqual([
    { $phone: '+49'.padEnd(70, '1'), more: null },
  ]);
});

it('R35 never writes computed, identity and generated columns: the field of their name stands in overflow, and is told', async () => {
  await openSink([textField('city')]);
  await other.query(`ALTER TABLE mcall_contacts ADD "Region" text GENERATED ALWAYS AS (left(city, 2)) STORED;
    ALTER TABLE mcall_contacts ADD "Number" int GENERATED ALWAYS AS IDENTITY, ADD nr int GENERATED BY DEFAULT AS IDENTITY`);
  const fields = ['city', 'Region', 'Number', 'nr'].map(textField);
  const sink = await openSink();
  const changes = await sink.declareFields(fields, options);
  expect(changes.map(({ column, change }) => [column, change])).toEqual([
    ['Region', 'overflow'],
    ['Number', 'overflow'],
    ['nr', 'overflow'],
  ]);
  const own = { Region: 'West', Number: 7, nr: 8 };
  await write(sink, await claimOf(sink), sampleContact('A1', { values: { city: 'Bonn', ...own } }));
  const [row] = await query('SELECT city, "Region", "Number", nr, "$overflow" AS more FROM mcall_contacts');
  expect(row).toMatchObject({ city: 'Bonn', Region: 'Bo', Number: 1, nr: 1 });
  expect(JSON.parse(row.more)).toEqual(own);
});

it('R35 writes partitioned tables, whose key cannot be the id alone', async () => {
  await other.query(`CREATE TABLE mcall_transactions (id varchar(255) COLLATE "C" NOT NULL, contact_id varchar(255) COLLATE "C",
      fired timestamptz(3) NOT NULL, "$changed" timestamptz(3), "$overflow" text, PRIMARY KEY (id, fired)) PARTITION BY RANGE (fired);
    CREATE TABLE mcall_tx_all PARTITION OF mcall_transactions DEFAULT;
    CREATE TABLE mcall_tx_27 PARTITION OF mcall_transactions FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')`);
  const sink = await openSink([textField('city')]);
  const claim = await claimOf(sink);
  const first = sampleContact('A1');
  expect(await write(sink, claim, first)).toMatchObject({ updated: 0 });
  const later = sampleTransaction('A1', 1, { status: 'later', fired: '2027-02-01T00:00:00.000Z' });
  const newer = sampleContact('A1', { md5: 'newer', transactions: [later, ...first.transactions.slice(1)] });
  await write(sink, claim, newer);
  await write(sink, claim, newer);
  const rows = await query('SELECT id, status FROM mcall_transactions');
  expect(rows).toHaveLength(first.transactions.length);
  expect(rows).toContainEqual({ id: later.id, status: 'later' });
  expect(deferred().join()).toContain('mcall_transactions');
});

it('R18 R35 keeps a row of another contact in a table without a key of its own', async () => {
  await openSink();
  await other.query(`ALTER TABLE mcall_recordings DROP CONSTRAINT mcall_recordings_pkey;
    ALTER TABLE mcall_recordings RENAME TO plain;
    CREATE TABLE mcall_recordings (LIKE plain, PRIMARY KEY (id, contact_id)) PARTITION BY HASH (contact_id);
    CREATE TABLE one PARTITION OF mcall_recordings FOR VALUES WITH (MODULUS 1, REMAINDER 0)`);
  const sink = await openSink();
  const claim = await claimOf(sink);
  const theirs = sampleContact('B2');
  await write(sink, claim, theirs);
  const [recording] = theirs.transactions
    .flatMap(({ connections }) => connections)
    .flatMap(({ recordings }) => recordings);
  if (recording === undefined) throw new Error('The sample has no recording');
  const [first] = sampleContact('A1').transactions;
  const [connection] = first?.connections ?? [];
  if (first === undefined || connection === undefined) throw new Error('The sample has no connection');
  const taking = { ...first, connections: [{ ...connection, recordings: [recording] }] };
  await write(sink, claim, sampleContact('A1', { transactions: [taking] }));
  const owners = await query(`SELECT contact_id FROM mcall_recordings WHERE id = '${recording.id}'`);
  expect(owners).toEqual([{ contact_id: 'B2' }]);
  expect(notices.map(({ code }) => code)).toContain('SQL_ID_TAKEN');
});
