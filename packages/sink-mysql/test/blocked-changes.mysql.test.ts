import type { Claim, ContactTree, Field, SinkNotice, StoreSink } from '@dbsync/core/contract';
import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };

/** A short form of the old client's tables, with their narrow texts. */
const OLD = `
  CREATE TABLE contacts (\`$id\` varchar(50) PRIMARY KEY, \`$md5\` varchar(50), \`$phone\` varchar(20), \`$task\` varchar(20),
    \`$error\` varchar(20), \`$changed\` varchar(50), city text);
  CREATE TABLE transactions (id varchar(50) NOT NULL, contact_id varchar(50), fired varchar(30) NOT NULL, result varchar(20),
    \`$changed\` varchar(50), KEY (id)) PARTITION BY RANGE COLUMNS (fired) (PARTITION early VALUES LESS THAN ('2026-03-02T09:02'),
    PARTITION late VALUES LESS THAN (maxvalue))`;

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  let url: string;
  let other: Connection;
  let notices: SinkNotice[];
  const opened: StoreSink[] = [];

  beforeEach(async () => {
    url = await createTestDatabase(product);
    notices = [];
    other = await createConnection({ uri: url, multipleStatements: true });
  });
  afterEach(async () => {
    for (const sink of opened.splice(0)) await sink.close();
    await other.end();
    await dropTestDatabase(url);
  });

  async function openSink(fields: readonly Field[], more: { readonly [option: string]: string | boolean } = {}) {
    const sink = createSink({ ...serverTarget(url, more), notify: (notice) => notices.push(notice) });
    opened.push(sink);
    await sink.open(options);
    return { sink, changes: await sink.declareFields(fields, options) };
  }

  const write = (sink: StoreSink, claim: Claim, ...contacts: ContactTree[]) =>
    sink.write(batchOf({ contacts }), claim, options);
  const query = async (text: string) => (await other.query<RowDataPacket[]>(text))[0];
  const deferred = () => notices.filter(({ code }) => code === 'SQL_CHANGE_DEFERRED').map(({ message }) => message);

  it('R35 leaves the columns of partitions as they are, widens all others under views, and says what stands in the way', async () => {
    await other.query(`${OLD}; CREATE VIEW report AS SELECT \`$phone\`, \`$changed\` FROM contacts`);
    const { sink, changes } = await openSink([textField('city')], { 'table-prefix': '' });
    expect(changes.map(({ column }) => column)).not.toContain('$changed');
    const long = 'long '.repeat(20).trim();
    const fired = `2026-03-02T09:01:00.000Z${' '.repeat(20)}x`;
    const transaction = sampleTransaction('A1', 1, { fired, result: long });
    const contact = sampleContact('A1', { values: { $phone: long, $error: long }, transactions: [transaction] });
    const claim = await claimOf(sink);
    await write(sink, claim, contact);
    await write(sink, claim, { ...contact, md5: 'newer' });
    expect(await query('SELECT `$phone`, `$error` FROM contacts')).toEqual([{ $phone: long, $error: long }]);
    const rows = await query('SELECT result, `$overflow` AS more FROM transactions');
    expect(rows.map(({ result }) => result)).toEqual([long]);
    expect(JSON.parse(rows[0]?.more)).toMatchObject({ fired });
    const reported = deferred().join('\n');
    expect(reported).toContain('transactions.fired');
    expect(reported).toContain('partitions of transactions by `fired`');
    expect(reported).toContain('ALTER TABLE `transactions` REMOVE PARTITIONING;');
    await other.query('ALTER TABLE transactions REMOVE PARTITIONING');
    await sink.declareFields([textField('city')], options);
    expect(await query('SELECT fired FROM transactions')).toEqual([{ fired }]);
  });

  it('R35 widens columns that generated columns use where the server can, and blocks nothing where it cannot', async () => {
    await other.query(`${OLD}; ALTER TABLE contacts ADD short varchar(20) AS (left(\`$task\`, 2)) STORED,
      ADD seen varchar(20) AS (upper(\`$phone\`)) VIRTUAL`);
    const { sink } = await openSink([textField('city')], { 'table-prefix': '' });
    const values = { $task: 'long '.repeat(9).trim(), $phone: '1234567890', $error: 'e'.repeat(100) };
    await write(sink, await claimOf(sink), sampleContact('A1', { values }));
    const [row] = await query('SELECT `$error`, short, `$task`, `$overflow` AS more FROM contacts');
    expect(row).toMatchObject({ $error: 'e'.repeat(100), short: 'lo' });
    expect(row?.$task === values.$task || JSON.parse(row?.more).$task === values.$task).toBe(true);
  });

  it('R35 never writes computed and counted columns: the field of their name stands in overflow, and is reported', async () => {
    await openSink([textField('city')]);
    await other.query(`ALTER TABLE mcall_contacts ADD Region varchar(20) AS (left(city, 2)) STORED;
      ALTER TABLE mcall_contacts ADD nr int NOT NULL AUTO_INCREMENT UNIQUE`);
    const { sink, changes } = await openSink(['city', 'Region', 'nr'].map(textField));
    expect(changes.map(({ column, change }) => [column, change])).toEqual([
      ['Region', 'overflow'],
      ['nr', 'overflow'],
    ]);
    const own = { Region: 'West', nr: 8 };
    await write(sink, await claimOf(sink), sampleContact('A1', { values: { city: 'Bonn', ...own } }));
    const [row] = await query('SELECT city, Region, nr, `$overflow` AS more FROM mcall_contacts');
    expect(row).toMatchObject({ city: 'Bonn', Region: 'Bo', nr: 1 });
    expect(JSON.parse(row?.more)).toEqual(own);
  });

  it('R18 R35 writes partitioned tables, whose key cannot be the id alone, and keeps rows of other contacts in them', async () => {
    await openSink([], { 'foreign-keys': false });
    await other.query(`ALTER TABLE mcall_recordings MODIFY started datetime(3) NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (id, started);
      ALTER TABLE mcall_recordings PARTITION BY RANGE (to_days(started)) (PARTITION p0 VALUES LESS THAN (to_days('2026-01-01')),
        PARTITION p1 VALUES LESS THAN maxvalue)`);
    const { sink } = await openSink([], { 'foreign-keys': false });
    const claim = await claimOf(sink);
    const theirs = sampleContact('B2');
    await write(sink, claim, theirs);
    const [recording] = theirs.transactions[0]?.connections[0]?.recordings ?? [];
    const [first] = sampleContact('A1').transactions;
    const [connection] = first?.connections ?? [];
    if (!recording || !first || !connection) throw new Error('The samples lack a recording');
    const taking = { ...first, connections: [{ ...connection, recordings: [recording] }] };
    await write(sink, claim, sampleContact('A1', { transactions: [taking] }));
    const stored = await query(`SELECT contact_id AS owner FROM mcall_recordings WHERE id = '${recording.id}'`);
    expect(stored).toEqual([{ owner: 'B2' }]);
    expect(notices.map(({ code }) => code)).toContain('SQL_ID_TAKEN');
    const again = await write(sink, claim, { ...theirs, md5: 'newer' });
    expect(again).toMatchObject({ inserted: 0, updated: 1 });
    expect(deferred().join()).toContain('mcall_recordings');
  });
});
