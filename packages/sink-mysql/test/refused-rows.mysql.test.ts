import { sampleContact } from '@dbsync/testkit';
import { describe, expect, it } from 'vitest';
import { MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { mysqlOfEachTest } from '../../../test/harness/servers/mysql-of-each-test.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const REFUSED = { code: 'MYSQL_ROW_REFUSED', verdict: 'refused', outcome: 'not-committed', connectionLost: false };

describe.each(MYSQL_PRODUCTS)('what the customer added to our tables in %s', (product) => {
  const database = mysqlOfEachTest(product, createSink);

  const write = (id: string, values: Record<string, string> = {}) =>
    database.write({ contacts: [sampleContact(id, { values, transactions: [] })] });

  it.each([
    ['says no', "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"],
    ['says no under a number of its own', "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 5000, MESSAGE_TEXT = 'no'"],
    ['divides by zero', 'SET NEW.`$comment` = 1 / 0'],
    ['calculates beyond its numbers', 'SET NEW.`$comment` = 18446744073709551615 + 1'],
    ['reads a text as what it is not', "SET NEW.`$comment` = json_extract('{x', '$.a')"],
    ['finds two rows where it wants one', 'SET NEW.`$comment` = (SELECT 1 UNION SELECT 2)'],
    ['calls what is not there', 'SET NEW.`$comment` = no_such_function(1)'],
    ['writes to its own table', "UPDATE mcall_contacts SET `$comment` = 'x'"],
  ])('refuses each row whose trigger %s', async (_, body) => {
    await database.other.query(`CREATE TRIGGER theirs BEFORE INSERT ON mcall_contacts FOR EACH ROW ${body}`);
    await expect(write('A')).rejects.toMatchObject(REFUSED);
    await database.other.query('DROP TRIGGER theirs');
    expect(await write('A')).toMatchObject({ inserted: 1 });
  });

  it('refuses a row where a column of theirs wants a value', async () => {
    await database.other.query('ALTER TABLE mcall_contacts ADD theirs int NOT NULL');
    await expect(write('A')).rejects.toMatchObject(REFUSED);
  });

  it('never writes a contact into the row of another that a unique index of theirs takes for it', async () => {
    await database.other.query('ALTER TABLE mcall_contacts ADD UNIQUE theirs (`$phone`(50))');
    await write('A', { $phone: '1', $comment: 'of A' });
    await expect(write('B', { $phone: '1', $comment: 'of B' })).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringContaining('A unique index that dbsync did not make'),
    });
    const [rows] = await database.other.query('SELECT `$id` AS id, `$comment` AS comment FROM mcall_contacts');
    expect(rows).toEqual([{ id: 'A', comment: 'of A' }]);
  });

  it('stops at a view that stands in the place of a table', async () => {
    await database.other.query('CREATE TABLE theirs (`$id` varchar(20)); ');
    await database.other.query('CREATE VIEW view_contacts AS SELECT * FROM theirs');
    const second = createSink(serverTarget(database.url, { 'table-prefix': 'view_' }));
    await second.open(options);
    const failure = { code: 'MYSQL_SCHEMA_CHANGED', verdict: 'fatal' };
    await expect(second.declareFields([], options)).rejects.toMatchObject(failure);
    await second.close();
  });
});
