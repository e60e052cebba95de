import type { Batch, Claim, StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MYSQL_STARTERS, type MysqlServer } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };

const OF_BOTH = {
  'character-set-server': 'latin1',
  'completion-type': 'RELEASE',
  'local-infile': 'ON',
  'max-allowed-packet': '65536',
  'max-join-size': '10',
};
const SETTINGS = {
  mariadb: { ...OF_BOTH, 'enforce-storage-engine': 'InnoDB', 'alter-algorithm': 'INSTANT' },
  mysql: { ...OF_BOTH, 'sql-require-primary-key': 'ON', 'sql-generate-invisible-primary-key': 'ON' },
};

/** Each of these settings has stopped dbsync, or made it slow, on one server or the other. */
describe.each(MYSQL_STARTERS)('%s with settings that few have', (product, start) => {
  let server: MysqlServer;
  let url: string;
  let other: Connection;
  let sink: StoreSink;
  let claim: Claim;
  beforeAll(async () => {
    server = await start({ settings: SETTINGS[product] });
    url = await server.createDatabase();
    other = await createConnection(url);
    await other.query('SET SESSION sql_big_selects = 1');
    // These apply to sessions that begin later: those of dbsync.
    await other.query('SET GLOBAL sql_select_limit = 5');
    // A table as the old client made it.
    await other.query(
      'CREATE TABLE mcall_contacts (`$id` varchar(50) PRIMARY KEY, City varchar(4)) CHARACTER SET latin1',
    );
    sink = createSink(serverTarget(url));
    await sink.open(options);
    await sink.declareFields([textField('City')], options);
    claim = await claimOf(sink);
  });
  afterAll(async () => {
    await sink.close();
    await other.end();
    await server.stop();
  });

  const batch = (md5: string): Batch =>
    batchOf({
      contacts: Array.from({ length: 100 }, (_, number) =>
        sampleContact(`${md5} ${number}`, { md5, values: { City: `Zürich 😀${'x'.repeat(4_000)}` } }),
      ),
    });

  it('writes one batch after the other, longer than a request may be', async () => {
    expect(await sink.write(batch('1'), claim, options)).toMatchObject({ inserted: 700 });
    expect(await sink.write(batch('2'), claim, options)).toMatchObject({ inserted: 700 });
    expect(await sink.write(batch('2'), claim, options)).toMatchObject({ inserted: 0, updated: 0 });
    const [rows] = await other.query<RowDataPacket[]>(
      'SELECT count(*) AS n FROM mcall_contacts WHERE char_length(City) = 4008',
    );
    expect(rows).toEqual([{ n: 200 }]);
  });

  it('writes a text that is longer than a request may be', async () => {
    const values = { City: 'ä\\'.repeat(100_000) };
    expect(await sink.write(batchOf({ contacts: [sampleContact('long', { values })] }), claim, options)).toMatchObject({
      inserted: 7,
    });
    const [rows] = await other.query<RowDataPacket[]>(
      "SELECT char_length(City) AS n FROM mcall_contacts WHERE `$id` = 'long'",
    );
    expect(rows).toEqual([{ n: 200_000 }]);
  });

  it('leaves in overflow what a request cannot move into a new column', async () => {
    const values = { Late: 'x'.repeat(100_000) };
    await sink.write(batchOf({ contacts: [sampleContact('late', { values })] }), claim, options);
    await sink.declareFields(['City', 'Late'].map(textField), options);
    const [rows] = await other.query<RowDataPacket[]>(
      "SELECT Late, `$overflow` AS more FROM mcall_contacts WHERE `$id` = 'late'",
    );
    expect(rows[0]?.Late).toBeNull();
    expect(JSON.parse(rows[0]?.more)).toMatchObject(values);
    expect(await sink.write(batch('3'), claim, options)).toMatchObject({ inserted: 700 });
  });

  it('finds the indexes that it needs', async () => {
    const query =
      "SELECT count(*) AS n FROM information_schema.statistics WHERE table_schema = database() AND table_name = 'mcall_inbound_calls' AND column_name = 'contact_id'";
    const [rows] = await other.query<RowDataPacket[]>(query);
    expect(rows).toEqual([{ n: 1 }]);
  });
});
