import { sampleContact } from '@dbsync/testkit';
import { describe, expect, it } from 'vitest';
import { queryRows } from '../../../test/harness/compare/query-rows.ts';
import { indexesAt, REPORT_INDEXES } from '../../../test/harness/indexes-at.ts';
import { mysqlOfEachTest } from '../../../test/harness/servers/mysql-of-each-test.ts';
import { hasOwnMysql } from '../../../test/harness/servers/mysql-server.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const SERVERS = ['mariadb', ...(hasOwnMysql() ? ['mysql' as const] : [])] as const;

describe.each(SERVERS)('%s', (product) => {
  const database = mysqlOfEachTest(product, createSink);
  const build = () => database.sink.indexing?.buildIndexes(options);

  it('R39 gives a table up that a report holds, writes meanwhile, and builds the rest later', async () => {
    await database.write({ contacts: [sampleContact('A1')] });
    const report = await database.connect();
    await report.query('START TRANSACTION');
    await report.query('SELECT count(*) FROM mcall_contacts');
    const building = build();
    await database.write({ contacts: [sampleContact('B2')] });
    const first = await building;
    expect(first?.isLeft).toBe(true);
    expect(first?.built).toContain('mcall_transactions (fired)');
    expect(await indexesAt(database.url)).not.toContain('mcall_contacts ($phone)');
    await report.query('COMMIT');
    expect(await build()).toMatchObject({ isLeft: false });
    const found = await indexesAt(database.url);
    expect(found).toEqual(expect.arrayContaining([...REPORT_INDEXES]));
    expect(found).not.toContain('mcall_transactions (contact_id)');
  });

  it('R39 indexes the first characters of a text, which any number of characters may follow', async () => {
    await build();
    const phone = '+49'.padEnd(20_000, '1');
    await database.write({ contacts: [sampleContact('A1', { values: { $phone: phone } })] });
    const [[stored] = []] = await queryRows(database.url, 'SELECT `$phone` FROM mcall_contacts');
    expect(stored === phone).toBe(true);
    const sizes = await queryRows(database.url, INDEXED_CHARACTERS);
    expect(sizes).toEqual([['32']]);
  });
});

const INDEXED_CHARACTERS = `SELECT sub_part FROM information_schema.statistics
WHERE table_schema = database() AND index_name = 'mcall_contacts_phone'`;
