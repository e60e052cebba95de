import type { StoreSink } from '@dbsync/core/contract';
import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dbsync2Tables } from '../../../test/harness/dbsync2-tables.ts';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { MYSQL_STARTERS } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };

/** The ways in which the old client made tables, under servers of several ages. */
const STYLES = [
  ['utf16', 'ENGINE = InnoDB CHARACTER SET utf16 COLLATE utf16_general_ci'],
  ['latin1 in compact rows', 'ENGINE = InnoDB ROW_FORMAT = COMPACT CHARACTER SET latin1'],
  ['utf8mb3 without transactions', 'ENGINE = MyISAM CHARACTER SET utf8mb3'],
] as const;

async function createOldTables(other: Connection, prefix: string, style: string): Promise<void> {
  const tables = dbsync2Tables('mariadb', prefix);
  // Compact rows have room for fewer texts than today's servers check for.
  await other.query('SET SESSION innodb_strict_mode = OFF');
  await other.query(tables.replace(/ENGINE=InnoDB DEFAULT CHARSET=utf16 COLLATE=utf16_general_ci/g, style));
  await other.query(`ALTER TABLE ${prefix}contacts ADD zip varchar(4) DEFAULT 'x'`);
}

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  let url: string;
  let other: Connection;
  const opened: StoreSink[] = [];

  beforeEach(async () => {
    url = await createTestDatabase(product);
    other = await createConnection({ uri: url, multipleStatements: true, dateStrings: true });
    await other.query("SET SESSION time_zone = '+00:00'");
  });
  afterEach(async () => {
    for (const sink of opened.splice(0)) await sink.close();
    await other.end();
    await dropTestDatabase(url);
  });

  const query = async (sql: string) => (await other.query<RowDataPacket[]>(sql))[0];

  /** Creates tables with rows of two campaigns. */
  async function createUsedTables(prefix: string, style: string): Promise<void> {
    await createOldTables(other, prefix, style);
    await other.query(
      `INSERT INTO ${prefix}contacts (\`$id\`, \`$md5\`, \`$campaign_id\`, \`$status\`, city, notes, amount, zip) VALUES ('OLD', 'm', 'C1', 'ok', 'Köln', 'too', 3, '5'), ('OTHER', 'm', 'C2', 'ok', 'Bonn', NULL, NULL, NULL);
       INSERT INTO ${prefix}transactions (id, contact_id, fired, pause_time_sec) VALUES ('t', 'OLD', '2020-01-01T10:00:00.000Z', 7)`,
    );
  }

  async function open(prefix: string, fields = ['city', 'notes', 'amount', 'zip', 'City']): Promise<StoreSink> {
    const sink = createSink(serverTarget(url, { 'table-prefix': prefix }));
    opened.push(sink);
    await sink.open(options);
    await sink.declareFields(fields.map(textField), options);
    return sink;
  }

  it.each(STYLES)('goes on with tables of %s: wider columns, exact keys, earlier rows kept', async (_, style) => {
    await createUsedTables('old_', style);
    const sink = await open('old_');
    expect(await sink.readState('C1', options)).toMatchObject({ progress: null, hasForeignRows: true });
    const claim = await claimOf(sink);
    expect(await sink.readVersions(claim, ['OLD', 'OTHER'], options)).toEqual(new Map());
    const transactions = [sampleTransaction('Old', 1, { user: 'u'.repeat(300), pause_time_sec: 1.25 })];
    const values = {
      $status: 'erreicht 😀',
      $created_date: '2026-03-01T08:00:00.123Z',
      city: 'Düsseldorf',
      City: 'b',
      zip: '50667',
      amount: 1.5,
    };
    await sink.write(batchOf({ contacts: [sampleContact('Old', { values, transactions })] }), claim, options);
    const contacts = await query(
      'SELECT `$id`, `$status`, city, notes, zip, amount, `$created_date` AS created, `$overflow` FROM old_contacts ORDER BY 1',
    );
    expect(contacts).toMatchObject([
      { $id: 'OLD', $status: 'ok', city: 'Köln', notes: 'too', zip: '5', amount: '3' },
      { $id: 'OTHER', city: 'Bonn', notes: null },
      {
        $id: 'Old',
        $status: 'erreicht 😀',
        city: 'Düsseldorf',
        zip: '50667',
        amount: '2',
        created: '2026-03-01T08:00:00.123Z',
      },
    ]);
    expect(JSON.parse(contacts[2]?.$overflow)).toEqual({ amount: 1.5 });
    expect(
      await query(
        'SELECT contact_id, char_length(user) AS width, pause_time_sec AS s FROM old_transactions ORDER BY fired',
      ),
    ).toMatchObject([
      { contact_id: 'OLD', width: null, s: '7' },
      { contact_id: 'Old', width: 300, s: '1' },
    ]);
    await expect(other.query("INSERT INTO old_contacts (`$id`) VALUES ('OLD')")).rejects.toMatchObject({ errno: 1062 });
    await other.query("INSERT INTO old_contacts (`$id`) VALUES ('report')");
    expect(await query("SELECT zip FROM old_contacts WHERE `$id` = 'report'")).toEqual([{ zip: 'x' }]);
    expect(await query("SELECT count(*) AS n FROM old_contacts WHERE `$status` = 'OK'")).toEqual([{ n: 2 }]);
  });

  it('R23 writes booleans and the time of a change into texts as the old client did', async () => {
    await createUsedTables('old_', STYLES[0][1]);
    for (const prefix of ['old_', 'mcall_']) {
      const sink = await open(prefix);
      const contacts = [sampleContact('NEW', { values: { city: true } })];
      await sink.write(batchOf({ contacts }), await claimOf(sink), options);
    }
    const written = (prefix: string) =>
      query(`SELECT k.isThirdPartyConnection AS third, c.city, c.\`$changed\` AS changed
        FROM ${prefix}connections k JOIN ${prefix}contacts c ON c.\`$id\` = k.contact_id ORDER BY k.id`);
    const changed = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await written('old_')).toEqual([
      { third: '0', city: '1', changed },
      { third: '1', city: '1', changed },
    ]);
    expect(await written('mcall_')).toMatchObject([
      { third: 0, city: 'true' },
      { third: 1, city: 'true' },
    ]);
    expect(
      await query(
        "SELECT abs(timestampdiff(second, str_to_date(convert(`$changed` using utf8mb4), '%Y-%m-%dT%H:%i:%sZ'), utc_timestamp())) < 60 AS now FROM old_contacts WHERE `$id` = 'NEW'",
      ),
    ).toEqual([{ now: 1 }]);
  });

  it('makes the very columns of the old client where they are asked for, and leaves them so', async () => {
    await other.query(dbsync2Tables('mariadb', 'old_'));
    const columnsOf = () =>
      query(`SELECT substr(table_name, 5) AS t, column_name AS c, column_type AS type, collation_name AS collation, is_nullable
        FROM information_schema.columns WHERE table_schema = database() AND column_name NOT IN ('$sync', '$overflow', '$deleted_at')
          AND table_name REGEXP '^old_(contacts|transactions|connections|recordings|inbound_calls)$'
        ORDER BY t, ordinal_position`);
    const old = await columnsOf();
    const custom = old.filter(({ t, c }) => t === 'contacts' && !String(c).startsWith('$'));
    const fields = custom.map(({ c, type }) => ({
      name: String(c),
      type: type === 'decimal(10,0)' ? 'number' : 'text',
    }));
    await query('DROP TABLE old_contacts, old_transactions, old_connections, old_recordings, old_inbound_calls');
    for (let start = 0; start < 2; start += 1) {
      const sink = createSink(serverTarget(url, { 'table-prefix': 'old_', 'column-types': 'dbsync2' }));
      opened.push(sink);
      await sink.open(options);
      await sink.declareFields(fields, options);
    }
    const made = await columnsOf();
    const isKey = ({ c }: RowDataPacket) => /^\$?id$|^(contact|transaction|connection|parent_connection)_id$/.test(c);
    expect(
      await query(`SELECT DISTINCT table_collation AS name FROM information_schema.tables WHERE table_schema = database()
        AND table_name REGEXP '^old_(contacts|transactions|connections|recordings|inbound_calls)$'`),
    ).toEqual([{ name: 'utf16_general_ci' }]);
    const exact = `utf16_${product === 'mariadb' ? 'nopad_' : ''}bin`;
    expect(made).toEqual(old.map((column) => (isKey(column) ? { ...column, collation: exact } : column)));
  });

  it('takes tables of an empty prefix, and names the prefix where another was given', async () => {
    await createUsedTables('', STYLES[0][1]);
    await expect(open('mcall_')).rejects.toMatchObject({
      code: 'SQL_OTHER_PREFIX',
      message: expect.stringContaining('--tp ""'),
    });
    const sink = await open('');
    await sink.write(batchOf({ contacts: [sampleContact('NEW')] }), await claimOf(sink), options);
    expect(await query('SELECT count(*) AS n FROM contacts')).toEqual([{ n: 3 }]);
  });
});

it.each(MYSQL_STARTERS)('copies a table of 300 narrow columns once: %s', async (_product, start) => {
  const server = await start();
  try {
    const url = await server.createDatabase();
    const other = await createConnection({ uri: url, multipleStatements: true });
    const narrow = Array.from({ length: 300 }, (_, nr) => `narrow ${nr}`);
    await createOldTables(other, 'old_', STYLES[0][1]);
    await other.query(`ALTER TABLE old_contacts ${narrow.map((name) => `ADD \`${name}\` text`).join(', ')}`);
    const ask = async (sql: string) =>
      Number((await other.query<RowDataPacket[][]>({ sql, rowsAsArray: true }))[0][0]?.at(-1));
    const countAlters = () => ask("SHOW GLOBAL STATUS LIKE 'Com_alter_table'");
    const countColumns = () => ask('SELECT count(*) FROM information_schema.columns WHERE table_schema = database()');
    const before = await countAlters();
    const sink = createSink(serverTarget(url, { 'table-prefix': 'old_' }));
    await sink.open(options);
    const own = await countColumns();
    await sink.declareFields(narrow.map(textField), options);
    await sink.close();
    const added = (await countColumns()) - own;
    // The comments of the columns and of the table come with two more for each table, which copy nothing.
    expect((await countAlters()) - before).toBe(added + 5 + 10);
    expect(
      await ask(
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = database() AND column_name LIKE 'narrow %' AND data_type = 'mediumtext'",
      ),
    ).toBe(300);
    await other.end();
  } finally {
    await server.stop();
  }
});
