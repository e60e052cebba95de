import { hash } from 'node:crypto';
import type { SinkNotice, StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { letRemember } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const MAP_ROW = `INSERT INTO mcall_sync_columns (table_name, field_key, field, column_name, folded, filled, version)
  VALUES ('contacts', '${hash('sha256', Buffer.from('city', 'utf16le'), 'hex')}', '"city"', 'city', 'city', 0, 0)`;

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  let url: string;
  let other: Connection;
  let observer: Connection;
  let notices: SinkNotice[];
  const opened: StoreSink[] = [];

  beforeEach(async () => {
    url = await createTestDatabase(product);
    notices = [];
    other = await createConnection({ uri: url, multipleStatements: true });
    observer = await createConnection(url);
  });
  afterEach(async () => {
    for (const sink of opened.splice(0)) await sink.close();
    await Promise.all([other.end(), observer.end()]);
    await dropTestDatabase(url);
  });

  async function openSink(at = url): Promise<StoreSink> {
    const sink = createSink({
      ...serverTarget(at),
      notify: (notice) => notice.code === 'MYSQL_LOGIN_REMEMBERED' || notices.push(notice),
    });
    opened.push(sink);
    await sink.open(options);
    return sink;
  }

  const rowsOf = async (sql: string) => (await observer.query<RowDataPacket[]>(sql))[0];

  /** Waits until a session in this database runs that statement in that state. */
  async function doing(statement: string, state: string): Promise<void> {
    const found = async () =>
      rowsOf(
        `SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id() AND info LIKE '${statement}%' AND state LIKE '${state}'`,
      );
    await expect.poll(found, { timeout: 20_000 }).toHaveLength(1);
  }

  const columns = async () =>
    (
      await rowsOf(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = database() AND table_name = 'mcall_contacts'",
      )
    ).map(({ name }) => name);

  describe('two daemons that give columns to the same new field', () => {
    it('R21 goes on with the row of the map that the other one was quicker to write', async () => {
      const sink = await openSink();
      await sink.declareFields([], options);
      await other.query(`START TRANSACTION; ${MAP_ROW}`);
      const declared = sink.declareFields([textField('city')], options);
      await doing('insert into `mcall_sync_columns`', '%');
      await other.query('COMMIT');
      expect(await declared).toMatchObject([{ column: 'city', change: 'add' }]);
      expect(await columns()).toContain('city');
    });

    it('R21 takes the column that the other one was quicker to add, and says nothing', async () => {
      const sink = await openSink();
      await sink.declareFields([], options);
      const claim = await claimOf(sink);
      const quicker = await createConnection(url);
      await other.query('START TRANSACTION; SELECT 1 FROM mcall_contacts');
      const added = quicker.query('ALTER TABLE mcall_contacts ADD city longtext');
      await doing('ALTER TABLE mcall_contacts ADD city', '%metadata lock');
      const declared = sink.declareFields([textField('city')], options);
      await doing('alter table `mcall_contacts` add `city`', '%metadata lock');
      await other.query('COMMIT');
      await added;
      await declared;
      await quicker.end();
      await sink.write(batchOf({ contacts: [sampleContact('A1', { values: { city: 'x' } })] }), claim, options);
      expect(await rowsOf('SELECT city FROM mcall_contacts')).toEqual([{ city: 'x' }]);
      expect(notices).toEqual([]);
    });
  });

  describe('tables that cannot be changed now', () => {
    it('R21 leaves the values of a column that a report keeps from being added in overflow', async () => {
      const first = await openSink();
      await first.declareFields([], options);
      await other.query('ALTER TABLE mcall_contacts DROP COLUMN `$recording_url`');
      await other.query('START TRANSACTION; SELECT 1 FROM mcall_contacts');
      const sink = await openSink();
      await sink.declareFields([textField('city')], options);
      const values = { $recording_url: 'https://x.example/1', city: 'x' };
      await sink.write(batchOf({ contacts: [sampleContact('A1', { values })] }), await claimOf(sink), options);
      await other.query('COMMIT');
      const [row] = await rowsOf('SELECT `$overflow` AS more FROM mcall_contacts');
      expect(JSON.parse(row?.more)).toMatchObject(values);
      expect(notices.map(({ code }) => code)).toEqual(['SQL_CHANGE_DEFERRED']);
      await sink.declareFields([textField('city')], options);
      expect(await rowsOf('SELECT city, `$recording_url`, `$overflow` IS NULL AS whole FROM mcall_contacts')).toEqual([
        { ...values, whole: 1 },
      ]);
    });

    it('R21 get the column of a $ field later, where the first write that had it was aborted', async () => {
      const sink = await openSink();
      await sink.declareFields([], options);
      const claim = await claimOf(sink);
      const batch = batchOf({ contacts: [sampleContact('A1', { values: { $trigger: 'x' } })] });
      await other.query('START TRANSACTION; SELECT 1 FROM mcall_contacts');
      const stop = new AbortController();
      const write = sink.write(batch, claim, stop).catch((error: unknown) => error);
      await doing('alter table', '%metadata lock');
      stop.abort();
      expect(await write).toMatchObject({ code: 'SQL_CALLED_OFF' });
      await other.query('COMMIT');
      await sink.write(batch, claim, options);
      expect(await rowsOf('SELECT `$trigger` FROM mcall_contacts')).toEqual([{ $trigger: 'x' }]);
    });

    it('R21 keeps the values of a new field in overflow while the user may not alter the table', async () => {
      const owner = await openSink();
      await owner.declareFields([], options);
      const user = `poor_${new URL(url).pathname.slice(-8)}`;
      const database = new URL(url).pathname.slice(1);
      await other.query(
        `CREATE USER '${user}' IDENTIFIED BY 'x'; GRANT SELECT, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES ON \`${database}\`.* TO '${user}'`,
      );
      const at = new URL(url);
      [at.username, at.password] = [user, 'x'];
      await letRemember(at.href);
      const sink = await openSink(at.href);
      await sink.declareFields([textField('city')], options);
      const values = { city: 'x', $trigger: 'y' };
      await sink.write(batchOf({ contacts: [sampleContact('A1', { values })] }), await claimOf(sink), options);
      const [row] = await rowsOf('SELECT `$overflow` AS more FROM mcall_contacts');
      expect(JSON.parse(row?.more)).toMatchObject(values);
      expect(notices.map(({ code }) => code)).toEqual(['SQL_CHANGE_DEFERRED', 'SQL_CHANGE_DEFERRED']);
    });
  });

  it('R21 lets no session change the map under a write that has read it', async () => {
    const sink = await openSink();
    await sink.declareFields([], options);
    const claim = await claimOf(sink);
    await other.query('START TRANSACTION; SELECT * FROM mcall_sync_state FOR UPDATE');
    const write = sink.write(batchOf({ contacts: [sampleContact('A1')] }), claim, options);
    const held = () => rowsOf("SELECT trx_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'");
    await expect.poll(held, { timeout: 20_000, interval: 150 }).not.toEqual([]);
    const change = observer.query('SET SESSION innodb_lock_wait_timeout = 1');
    await change;
    await expect(
      observer.query("UPDATE mcall_sync_columns SET version = version + 1 WHERE table_name = ''"),
    ).rejects.toMatchObject({ errno: 1205 });
    await other.query('COMMIT');
    await expect(write).resolves.toMatchObject({ inserted: 7 });
  });

  it('finds nothing under an id that no key can hold', async () => {
    const sink = await openSink();
    await sink.declareFields([], options);
    const claim = await claimOf(sink);
    await sink.write(batchOf({ contacts: [sampleContact('A1')] }), claim, options);
    const ids = ['A1\0', '\0', '\ud800', 'x'.repeat(300), 'a1', 'A1 ', 'A1'];
    expect([...(await sink.readVersions(claim, ids, options)).keys()]).toEqual(['A1']);
  });

  it('writes no column that the server takes for another one', async () => {
    const first = await openSink();
    await first.declareFields([], options);
    await other.query('ALTER TABLE mcall_contacts ADD `plan ё` longtext, ADD `plan е` longtext');
    const fields = ['plan ё', 'plan е', ...Array.from({ length: 40 }, (_, nr) => `field ${nr}`)];
    const sink = await openSink();
    await sink.declareFields(fields.map(textField), options);
    const values = { 'plan ё': 'one', 'plan е': 'another', 'field 1': 'x' };
    await sink.write(batchOf({ contacts: [sampleContact('A1', { values })] }), await claimOf(sink), options);
    const list = Object.keys(values).map((name) => `\`${name}\``);
    const rows = await rowsOf(`SELECT ${list.join(', ')}, \`$overflow\` AS more FROM mcall_contacts`);
    const { more, ...cells } = rows[0] as RowDataPacket;
    const inColumns = Object.entries(cells).filter(([, cell]) => cell !== null);
    expect({ ...JSON.parse(more ?? '{}'), ...Object.fromEntries(inColumns) }).toMatchObject(values);
    expect(inColumns.map(([name]) => name)).toEqual(product === 'mysql' ? Object.keys(values) : ['field 1']);
  });
});
