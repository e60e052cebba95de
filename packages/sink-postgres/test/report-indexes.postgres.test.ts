import type { StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { indexesAt, REPORT_INDEXES } from '../../../test/harness/indexes-at.ts';
import { postgresOfEachTest } from '../../../test/harness/servers/postgres-of-each-test.ts';
import { batchOf, claimOf } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const database = postgresOfEachTest(createSink);

async function build(sink: StoreSink) {
  const { indexing } = sink;
  if (indexing === undefined) throw new Error('The sink builds no indexes');
  return indexing.buildIndexes(options);
}

/** Fills transactions with more rows than those whose indexes are built at once. */
async function fillTransactions(): Promise<void> {
  await database.query(`INSERT INTO mcall_transactions (id, contact_id, fired, status)
    SELECT 'tx' || nr, NULL, now() - nr * interval '1 second', repeat('status ', 20) FROM generate_series(1, 120000) AS nr`);
}

/** Resolves with the process of the build once it waits for older transactions. */
async function untilBuildWaits(): Promise<number> {
  for (;;) {
    const [found] = await database.query(`SELECT pid FROM pg_stat_activity
      WHERE query LIKE 'create index concurrently%' AND state = 'active' AND wait_event_type = 'Lock'`);
    if (found !== undefined) return found.pid;
  }
}

const invalid = () =>
  database.query('SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid ORDER BY 1');
const reported = () => database.notices.filter(({ code }) => code === 'SQL_INDEX_NOT_BUILT');

it('R39 builds beside a long report and beside writes; what a killed build leaves is made again', async () => {
  const sink = await database.open([]);
  const claim = await claimOf(sink);
  await fillTransactions();
  const report = await database.connect();
  await report.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM mcall_transactions');

  const building = build(sink);
  const pid = await untilBuildWaits();
  await sink.write(batchOf({ contacts: [sampleContact('A1')] }), claim, options);
  const other = build(await database.open([]));
  expect(await other).toEqual({ built: [], isLeft: true });
  await database.query(`SELECT pg_terminate_backend(${pid})`);
  expect(await building).toMatchObject({ isLeft: true });
  expect(await invalid()).toHaveLength(1);
  await sink.write(batchOf({ contacts: [sampleContact('B2')] }), claim, options);

  await report.query('COMMIT');
  expect(await build(sink)).toMatchObject({ isLeft: false });
  expect(await invalid()).toEqual([]);
  expect(await indexesAt(database.url)).toEqual(expect.arrayContaining([...REPORT_INDEXES]));
  expect(await database.query('SELECT "$id" FROM mcall_contacts ORDER BY 1')).toEqual([{ $id: 'A1' }, { $id: 'B2' }]);
  expect(reported()).toEqual([]);
});

it('R39 drops what its own builds left, and no index of another program with a longer name', async () => {
  const sink = await database.open([]);
  const [one, two] = ['A1', 'B2'].map((id) => sampleContact(id, { values: { $phone: '+491234' } }));
  if (one === undefined || two === undefined) throw new Error('There are two contacts');
  await sink.write(batchOf({ contacts: [one, two] }), await claimOf(sink), options);
  const theirs = ['mcall_contacts_phone_0a1b2c_ccnew', 'mcall_contacts_phone_2', 'mcall_contacts_phone_lower'];
  for (const name of ['mcall_contacts_phone', 'mcall_contacts_phone_0a1b2c', ...theirs]) {
    const failing = database.query(`CREATE UNIQUE INDEX CONCURRENTLY ${name} ON mcall_contacts ("$phone")`);
    await expect(failing).rejects.toThrow('could not create unique index');
  }
  expect(await build(sink)).toMatchObject({ isLeft: false });
  expect(await invalid()).toEqual(theirs.map((name) => ({ name })));
  expect(await indexesAt(database.url)).toEqual(expect.arrayContaining([...REPORT_INDEXES]));
});

it('R39 leaves an index alone that an administrator is just building under the same name', async () => {
  await database.query(`CREATE ROLE owner_of_indexes LOGIN PASSWORD 'owner'`).catch(() => {});
  await database.query('GRANT USAGE, CREATE ON SCHEMA public TO owner_of_indexes');
  const url = Object.assign(new URL(database.url), { username: 'owner_of_indexes', password: 'owner' }).href;
  const sink = await database.open([], { url });
  await build(sink);
  await database.query('DROP INDEX mcall_contacts_phone');
  const [report, administrator] = [await database.connect(), await database.connect()];
  await report.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM mcall_transactions');

  const theirs = administrator.query('create index concurrently mcall_contacts_phone on mcall_contacts ("$phone")');
  const pid = await untilBuildWaits();
  expect(await build(sink)).toEqual({ built: [], isLeft: true });
  const message = expect.stringContaining(`another session, with the pid ${pid}, builds an index of mcall_contacts`);
  expect(reported()).toEqual([expect.objectContaining({ level: 'info', message })]);
  await report.query('COMMIT');
  await theirs;
  expect(await invalid()).toEqual([]);
  expect(await build(sink)).toEqual({ built: [], isLeft: false });
});

it('R39 reports what a user who does not own the tables cannot build, with the statements, and writes all the same', async () => {
  await database.open([]);
  await database.query(`CREATE ROLE writer_of_indexes LOGIN PASSWORD 'writer'`).catch(() => {});
  await database.query('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO writer_of_indexes');
  const url = Object.assign(new URL(database.url), { username: 'writer_of_indexes', password: 'writer' }).href;
  const sink = await database.open([], { url });
  expect(await build(sink)).toEqual({ built: [], isLeft: true });
  expect(await build(sink)).toEqual({ built: [], isLeft: true });
  expect(reported()).toHaveLength(5);
  const [first] = reported();
  expect(first).toMatchObject({ level: 'warn' });
  const statements = reported().flatMap(({ message }) => message.match(/create index concurrently [^;]*;/g) ?? []);
  await sink.write(batchOf({ contacts: [sampleContact('A1')] }), await claimOf(sink), options);
  for (const statement of statements) await database.query(statement);
  expect(await build(sink)).toEqual({ built: [], isLeft: false });
});

it('R39 leaves partitioned tables to their owner, and takes another name where a table has the usual one', async () => {
  await database.query(`CREATE TABLE mcall_contacts_phone (kept text);
    CREATE TABLE mcall_transactions (id varchar(255) COLLATE "C" NOT NULL, contact_id varchar(255) COLLATE "C",
      fired timestamptz(3) NOT NULL, "$changed" timestamptz(3), "$overflow" text, PRIMARY KEY (id, fired)) PARTITION BY RANGE (fired);
    CREATE TABLE mcall_tx_all PARTITION OF mcall_transactions DEFAULT`);
  const sink = await database.open([]);
  expect(await build(sink)).toMatchObject({ isLeft: true });
  expect(
    reported()
      .map(({ message }) => message)
      .join('\n'),
  ).toMatch(/mcall_transactions \(fired\).*partitioned/);
  expect(await indexesAt(database.url)).toContain('mcall_contacts ($phone)');
});

it('R39 keeps a text that its index could not take in overflow, and counts a longer index of the same columns', async () => {
  const sink = await database.open([]);
  await database.query('CREATE INDEX mine ON mcall_connections ("user", started, result)');
  const { built } = await build(sink);
  expect(built).not.toContain('mcall_connections (user, started)');
  expect(built).toContain('mcall_connections (started)');
  const phone = '+49'.padEnd(300, '0');
  await sink.write(
    batchOf({ contacts: [sampleContact('A1', { values: { $phone: phone } })] }),
    await claimOf(sink),
    options,
  );
  const [row] = await database.query('SELECT "$phone" AS phone, "$overflow" AS more FROM mcall_contacts');
  expect(row.phone).toBe(phone.slice(0, 255));
  expect(JSON.parse(row.more)).toMatchObject({ $phone: phone });
});
