import { sampleContact } from '@dbsync/testkit';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dbsync2Rows, dbsync2Tables } from '../../../test/harness/dbsync2-tables.ts';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };

/** Columns that keep their length: indexed ones, and the time of a change. */
const KEPT = /^\$md5$|^\$changed$/;
const KEY = /^\$?id$|^(contact|transaction|connection|parent_connection)_id$/;

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  it('leaves to the old client all that it had: its columns in their order, types that it knows, and room for its own rows', async () => {
    const url = await createTestDatabase(product);
    const other = await createConnection({ uri: url, multipleStatements: true });
    const sink = createSink(serverTarget(url, { 'table-prefix': '' }));
    onTestFinished(async () => {
      await sink.close();
      await other.end();
      await dropTestDatabase(url);
    });
    const query = async (sql: string) => (await other.query<RowDataPacket[]>(sql))[0];
    const columns = () =>
      query(`SELECT table_name AS t, column_name AS name, column_type AS type, character_set_name AS charset, is_nullable
        FROM information_schema.columns WHERE table_schema = database() AND column_name NOT IN ('$sync', '$overflow', '$deleted_at', 'newer')
          AND table_name IN ('contacts', 'transactions', 'connections', 'recordings', 'inbound_calls')
        ORDER BY t, ordinal_position`);
    await query(dbsync2Tables('mariadb', ''));
    const before = await columns();
    await sink.open(options);
    await sink.declareFields([...FIELDS, 'newer'].map(textField), options);
    const claim = await claimOf(sink);
    await sink.write(batchOf({ contacts: [sampleContact('NEW'), sampleContact('OTHER')] }), claim, options);

    expect(await columns()).toEqual(
      before.map((column) => {
        if (KEY.test(column.name)) return { ...column, type: 'varchar(255)' };
        if (column.charset === null || KEPT.test(column.name)) return column;
        return { ...column, type: 'mediumtext' };
      }),
    );
    const added = await query(`SELECT column_name AS name, is_nullable AS optional FROM information_schema.columns
      WHERE table_schema = database() AND table_name = 'contacts' AND column_name IN ('$sync', '$overflow', '$deleted_at', 'newer')`);
    expect(added.map(({ name, optional }) => `${name} ${optional}`).toSorted()).toEqual([
      '$deleted_at YES',
      '$overflow YES',
      '$sync YES',
      'newer YES',
    ]);

    // The old client compares these columns, writes them, and continues from them.
    expect(
      await query('SELECT `$id` AS id, char_length(`$md5`) AS md5, char_length(`$changed`) AS changed FROM contacts'),
    ).toEqual(['NEW', 'OTHER'].map((id) => ({ id, md5: 32, changed: 20 })));
    await query(dbsync2Rows('mariadb', ''));
    await query(`INSERT INTO contacts (\`$id\`, \`$md5\`, \`$changed\`) VALUES ('NEW', 'other', '2026-11-24T12:32:11Z')
      ON DUPLICATE KEY UPDATE \`$md5\` = VALUES(\`$md5\`), \`$changed\` = VALUES(\`$changed\`)`);
    expect([...(await sink.readVersions(claim, ['NEW', 'OTHER'], options)).keys()]).toEqual(['OTHER']);
  });
});

/** The custom fields that have columns of texts in the old tables. */
const FIELDS = [
  ...'first_name last_name email opt_in notes Zähler_Nr order birthday appointment mobile gender product city'.split(
    ' ',
  ),
  ...['Name der Firma', 'field_16', 'field_18', 'field_19'],
];
