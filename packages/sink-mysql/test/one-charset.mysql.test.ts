import type { StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dbsync2Rows, dbsync2Tables } from '../../../test/harness/dbsync2-tables.ts';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };

/** Objects that customers have beside the tables of the old client: indexes on them, and other tables. */
const BESIDE = `
  CREATE INDEX by_phone ON contacts (\`$phone\`);
  CREATE INDEX by_number ON connections (remote_number, line_number);
  CREATE INDEX by_city ON contacts (city(20));
  CREATE TABLE callbacks (contact_id varchar(50), phone varchar(50), ref varchar(50)) CHARACTER SET utf16 COLLATE utf16_general_ci;
  INSERT INTO callbacks SELECT \`$id\`, \`$phone\`, \`$ref\` FROM contacts;
  UPDATE connections SET phone = (SELECT \`$phone\` FROM contacts), remote_number = phone, transaction_id = (SELECT id FROM transactions);
  UPDATE transactions SET contact_id = (SELECT \`$id\` FROM contacts), task = (SELECT \`$task\` FROM contacts)`;

const OLD = `${dbsync2Tables('mariadb', '')} ${dbsync2Rows('mariadb', '')} ${BESIDE}`;

/** The custom fields that have columns of texts in the old tables. */
const FIELDS = [
  ...'first_name last_name email opt_in notes Zähler_Nr order birthday appointment mobile gender product city'.split(
    ' ',
  ),
  ...['Name der Firma', 'field_16', 'field_18', 'field_19'],
];

/** Reports of customers: each joins or compares texts of several tables. */
const REPORTS = [
  'SELECT c.`$phone`, b.ref FROM contacts c JOIN callbacks b ON b.phone = c.`$phone`',
  'SELECT c.`$ref` FROM contacts c JOIN callbacks b ON b.contact_id = c.`$id` AND b.ref = c.`$ref`',
  'SELECT c.city, t.status FROM contacts c JOIN transactions t ON t.contact_id = c.`$id` AND t.task = c.`$task`',
  'SELECT c.city, k.result FROM contacts c JOIN connections k ON k.phone = c.`$phone`',
  'SELECT k.id FROM connections k JOIN contacts c ON c.`$phone` = k.remote_number OR c.`$phone` = k.phone',
  'SELECT count(*) AS n FROM callbacks WHERE contact_id NOT IN (SELECT `$ref` FROM contacts UNION SELECT contact_id FROM transactions)',
  'SELECT coalesce(c.`$phone`, k.phone, k.remote_number, c.`$id`) AS one FROM contacts c, connections k',
  "SELECT count(*) AS n FROM contacts WHERE `$status` = 'DECLINED' AND concat(city, `$phone`) LIKE '%49%'",
] as const;

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  let url: string;
  let other: Connection;
  let sink: StoreSink | undefined;

  beforeEach(async () => {
    url = await createTestDatabase(product);
    other = await createConnection({ uri: url, multipleStatements: true });
  });
  afterEach(async () => {
    await sink?.close();
    await other.end();
    await dropTestDatabase(url);
  });

  const query = async (sql: string) => (await other.query<RowDataPacket[]>(sql))[0];

  const answers = async () => {
    const found: unknown[] = [];
    for (const report of REPORTS) found.push(await query(report));
    return found;
  };

  const charsets = async (where = 'TRUE') => {
    const rows = await query(`SELECT DISTINCT character_set_name AS name FROM information_schema.columns
      WHERE table_schema = database() AND character_set_name IS NOT NULL AND ${where}
        AND table_name IN ('contacts', 'transactions', 'connections', 'recordings', 'inbound_calls')`);
    return rows.map(({ name }) => name);
  };

  async function takeOver(): Promise<void> {
    const opened = createSink(serverTarget(url, { 'table-prefix': '' }));
    sink = opened;
    await opened.open(options);
    await opened.declareFields([...FIELDS, 'newer'].map(textField), options);
    const contacts = [sampleContact('NEW', { values: { newer: '😀', city: 'Σ' } })];
    await opened.write(batchOf({ contacts }), await claimOf(opened), options);
  }

  it('keeps one character set for the texts of a taken-over copy, so that reports join as before', async () => {
    await other.query(OLD);
    const before = await answers();
    await takeOver();
    await other.query(
      "DELETE FROM recordings WHERE contact_id = 'NEW'; DELETE FROM connections WHERE contact_id = 'NEW'",
    );
    await other.query("DELETE FROM transactions WHERE contact_id = 'NEW'; DELETE FROM contacts WHERE `$id` = 'NEW'");
    expect(await answers()).toEqual(before);
    expect(await charsets()).toEqual(['utf16']);
    expect(
      await query(`SELECT DISTINCT collation_name AS name FROM information_schema.columns WHERE table_schema = database()
        AND table_name = 'contacts' AND collation_name IS NOT NULL AND column_name <> '$id'`),
    ).toEqual([{ name: 'utf16_general_ci' }]);
  });

  it('gives all texts, indexed ones too, the character set that has every letter where theirs lacks some', async () => {
    const inLatin = OLD.replaceAll('utf16_general_ci', 'latin1_swedish_ci').replaceAll('utf16', 'latin1');
    await other.query(inLatin.replace('INSERT INTO `contacts`', 'INSERT IGNORE INTO `contacts`'));
    await takeOver();
    expect(await charsets()).toEqual(['utf8mb4']);
    for (const report of REPORTS.slice(2, 5)) await query(report);
  });

  it('brings what an earlier release left in two character sets to one', async () => {
    await other.query(OLD);
    await other.query(`ALTER TABLE contacts MODIFY city longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
      MODIFY \`$task\` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`);
    await takeOver();
    expect(await charsets()).toEqual(['utf8mb4']);
    expect(await query('SELECT `$phone`, length(city) AS n FROM contacts WHERE city IS NOT NULL')).toHaveLength(2);
    for (const report of REPORTS.slice(2, 5)) await query(report);
  });
});
