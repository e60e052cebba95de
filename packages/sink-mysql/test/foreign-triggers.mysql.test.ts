import { sampleContact } from '@dbsync/testkit';
import { describe, expect, it } from 'vitest';
import { MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { mysqlOfEachTest } from '../../../test/harness/servers/mysql-of-each-test.ts';
import { createSink } from '../src/index.ts';

describe.each(MYSQL_PRODUCTS)('R34 a trigger of another program that fails in %s', (product) => {
  const database = mysqlOfEachTest(product, createSink);

  const write = () => database.write({ contacts: [sampleContact('A')] });

  it.each([
    ['a table is missing', 'INSERT INTO audit VALUES (1)', /audit.*doesn't exist \(error 1146\)/],
    ['a column is missing', 'INSERT INTO mcall_dead_letters (nowhere) VALUES (1)', /nowhere.*\(error 1054\)/],
  ])('since %s is named, and no advice is about the tables of dbsync', async (_, body, words) => {
    await database.other.query(`CREATE TRIGGER theirs AFTER INSERT ON mcall_contacts FOR EACH ROW ${body}`);
    const error = await write().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SQL_TRIGGER_FAILED', verdict: 'fatal', outcome: 'not-committed' });
    expect(error).toMatchObject({ message: expect.stringMatching(words) });
    expect(error).toMatchObject({ message: expect.stringContaining('theirs on mcall_contacts') });
    await database.other.query('DROP TRIGGER theirs');
    expect(await write()).toMatchObject({ inserted: expect.any(Number) });
  });

  it('since it writes to its own table is named with the refused row', async () => {
    await database.other.query(
      "CREATE TRIGGER theirs BEFORE INSERT ON mcall_contacts FOR EACH ROW UPDATE mcall_contacts SET `$comment` = 'x'",
    );
    const message = expect.stringMatching(/\(error 1442\).*theirs on mcall_contacts/);
    await expect(write()).rejects.toMatchObject({ code: 'MYSQL_ROW_REFUSED', message });
  });

  it('is not blamed for a table of dbsync that was dropped', async () => {
    await database.other.query('CREATE TRIGGER theirs AFTER INSERT ON mcall_contacts FOR EACH ROW SET @a = 1');
    await write();
    await database.other.query('ALTER TABLE mcall_recordings RENAME TO theirs');
    const error = await database.write({ contacts: [sampleContact('B')] }).catch((thrown: unknown) => thrown);
    expect(error).not.toMatchObject({ code: 'SQL_TRIGGER_FAILED' });
  });
});
