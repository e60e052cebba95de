import { hash } from 'node:crypto';
import { sampleContact } from '@dbsync/testkit';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { postgresOfEachTest } from '../../../test/harness/servers/postgres-of-each-test.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const database = postgresOfEachTest(createSink);

/** Waits until this number of sessions of dbsync waits for a lock. */
async function waiting(sessions = 1): Promise<void> {
  const observer = new pg.Client({ connectionString: database.url });
  await observer.connect();
  try {
    const blocked = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'dbsync' AND wait_event_type = 'Lock'";
    await expect.poll(async () => (await observer.query(blocked)).rowCount, { timeout: 20_000 }).toBe(sessions);
  } finally {
    await observer.end();
  }
}

async function columns(): Promise<readonly string[]> {
  const text = "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'mcall_contacts'::regclass AND attnum > 0";
  return (await database.other.query<{ name: string }>(text)).rows.map(({ name }) => name);
}

const MAP_ROW = `INSERT INTO mcall_sync_columns (table_name, field_key, field, column_name, folded, filled, version)
  VALUES ('contacts', $1, '"city"', 'city', 'city', 0, 0)`;
const CITY_KEY = hash('sha256', Buffer.from('city', 'utf16le'), 'hex');

describe('two daemons that give columns to the same new field', () => {
  it('R21 goes on with the row of the map that the other one was quicker to write', async () => {
    const sink = await database.open();
    await sink.declareFields([], options);
    await database.other.query('BEGIN');
    await database.other.query(MAP_ROW, [CITY_KEY]);
    const declared = sink.declareFields([textField('city')], options);
    await waiting();
    await database.other.query('COMMIT');
    expect(await declared).toMatchObject([{ column: 'city', change: 'add' }]);
    expect(await columns()).toContain('city');
  });

  it('R21 takes the column that the other one was quicker to add, and says nothing', async () => {
    const sink = await database.open();
    await sink.declareFields([], options);
    await database.other.query('BEGIN; ALTER TABLE mcall_contacts ADD city text');
    const claim = await claimOf(sink);
    const fit = sink.declareFields([textField('city')], options);
    await waiting();
    await database.other.query('COMMIT');
    await fit;
    await sink.write(batchOf({ contacts: [sampleContact('A1', { values: { city: 'x' } })] }), claim, options);
    expect((await database.other.query('SELECT city FROM mcall_contacts')).rows).toEqual([{ city: 'x' }]);
    expect(database.notices).toEqual([]);
  });
});

describe('tables that cannot be changed now', () => {
  it('R21 leaves the values of a column that a report keeps from being added in overflow', async () => {
    const first = await database.open();
    await first.declareFields([], options);
    await database.other.query('ALTER TABLE mcall_contacts DROP COLUMN "$recording_url"');
    await database.other.query('BEGIN; SELECT FROM mcall_contacts');
    const sink = await database.open();
    await sink.declareFields([textField('city')], options);
    const values = { $recording_url: 'https://x.example/1', city: 'x' };
    await sink.write(batchOf({ contacts: [sampleContact('A1', { values })] }), await claimOf(sink), options);
    await database.other.query('COMMIT');
    const { rows } = await database.other.query('SELECT "$overflow" AS more FROM mcall_contacts');
    expect(JSON.parse(rows[0].more)).toMatchObject(values);
    expect(database.notices.map(({ code }) => code)).toEqual(['SQL_CHANGE_DEFERRED']);
    await sink.declareFields([textField('city')], options);
    expect(
      (await database.other.query('SELECT city, "$recording_url", "$overflow" IS NULL AS whole FROM mcall_contacts'))
        .rows,
    ).toEqual([{ ...values, whole: true }]);
  });

  it('R21 get the column of a $ field later, where the first write that had it was aborted', async () => {
    const sink = await database.open();
    await sink.declareFields([], options);
    const claim = await claimOf(sink);
    const batch = batchOf({ contacts: [sampleContact('A1', { values: { $trigger: 'x' } })] });
    await database.other.query('BEGIN; SELECT FROM mcall_contacts');
    const stop = new AbortController();
    const write = sink.write(batch, claim, stop).catch((error: unknown) => error);
    await waiting();
    stop.abort();
    expect(await write).toMatchObject({ code: 'SQL_CALLED_OFF' });
    await waiting(0);
    await database.other.query('COMMIT');
    await sink.write(batch, claim, options);
    expect((await database.other.query('SELECT "$trigger" FROM mcall_contacts')).rows).toEqual([{ $trigger: 'x' }]);
  });

  it('R21 keeps the values of a new field in overflow while the user may not alter the table', async () => {
    const owner = await database.open();
    await owner.declareFields([], options);
    const role = new URL(database.url).pathname.slice(1);
    await database.other.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`,
    );
    const at = new URL(database.url);
    [at.username, at.password] = [role, 'x'];
    const sink = await database.open(undefined, { url: at.href });
    await sink.declareFields([textField('city')], options);
    const values = { city: 'x', $trigger: 'y' };
    await sink.write(batchOf({ contacts: [sampleContact('A1', { values })] }), await claimOf(sink), options);
    const { rows } = await database.other.query('SELECT "$overflow" AS more FROM mcall_contacts');
    expect(JSON.parse(rows[0].more)).toMatchObject(values);
    expect(database.notices.map(({ code }) => code)).toEqual(['SQL_CHANGE_DEFERRED', 'SQL_CHANGE_DEFERRED']);
  });
});

it('R21 fills a column again that grows wider while the last rows of a pass are filled', async () => {
  const [city, cut] = ['a city with a name of more than twenty signs', 'a city with a name o'];
  await database.open([textField('city')]);
  await database.other.query(`ALTER TABLE mcall_contacts ALTER city TYPE varchar(20);
    INSERT INTO mcall_contacts ("$id", city, "$overflow") VALUES ('A1', '${cut}', '{"city":"${city}"}');
    UPDATE mcall_sync_columns SET filled = 0 WHERE column_name = 'city'`);
  const sink = await database.open();
  const claim = await claimOf(sink);
  await database.other.query('BEGIN; ALTER TABLE mcall_contacts ALTER city TYPE text');
  const pass = sink.filling?.fill(claim, options);
  await waiting();
  await database.other.query('COMMIT');
  await pass;
  await sink.filling?.fill(claim, options);
  expect(await database.query('SELECT city, "$overflow" AS more FROM mcall_contacts')).toEqual([{ city, more: null }]);
  expect(await database.query(`SELECT filled::int FROM mcall_sync_columns WHERE column_name = 'city'`)).toEqual([
    { filled: 1 },
  ]);
});

it('R21 adopts columns of an earlier program that differ only in case, each for its own field', async () => {
  const first = await database.open();
  await first.declareFields([], options);
  await database.other.query(
    `ALTER TABLE mcall_contacts ADD city text; ALTER TABLE mcall_contacts ADD "CITY" varchar(50)`,
  );
  const sink = await database.open();
  await sink.declareFields(['City', 'CITY', 'city'].map(textField), options);
  const values = { city: '1', CITY: '2', City: '3' };
  await sink.write(batchOf({ contacts: [sampleContact('A1', { values })] }), await claimOf(sink), options);
  const { rows } = await database.other.query('SELECT * FROM mcall_contacts');
  expect(rows[0]).toMatchObject({ city: '1', CITY: '2' });
  expect(Object.values(rows[0])).toContain('3');
});

it('finds nothing under an id that no key can hold', async () => {
  const sink = await database.open();
  await sink.declareFields([], options);
  const claim = await claimOf(sink);
  await sink.write(batchOf({ contacts: [sampleContact('A1')] }), claim, options);
  const ids = ['A1\0', '\0', '\ud800', 'x'.repeat(300), 'A1'];
  expect([...(await sink.readVersions(claim, ids, options)).keys()]).toEqual(['A1']);
});

it('knows its columns by whatever settings the user has', async () => {
  const at = `${database.url}?options=${encodeURIComponent('-c quote_all_identifiers=on')}`;
  const sink = await database.open(undefined, { url: at });
  await sink.declareFields([textField('city')], options);
  await sink.write(
    batchOf({ contacts: [sampleContact('A1', { values: { city: 'x' } })] }),
    await claimOf(sink),
    options,
  );
  expect((await database.other.query('SELECT city FROM mcall_contacts')).rows).toEqual([{ city: 'x' }]);
});
