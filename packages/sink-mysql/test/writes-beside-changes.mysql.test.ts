import { sampleContact } from '@dbsync/testkit';
import { describe, expect, it } from 'vitest';
import { MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { mysqlOfEachTest } from '../../../test/harness/servers/mysql-of-each-test.ts';
import { createSink } from '../src/index.ts';

/** The server renews its list of transactions only when it was not read for 100 ms. */
const PATIENT = { timeout: 20_000, interval: 150 };
const WRITE_WAITS = "SELECT trx_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
const WAITS_FOR_TABLE = `SELECT id FROM information_schema.processlist
  WHERE db = database() AND id <> connection_id() AND state LIKE '%metadata lock'`;

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  const database = mysqlOfEachTest(product, createSink);

  /** Resolves once the query has a row. */
  const until = (text: string) =>
    expect.poll(async () => (await database.other.query(text))[0], PATIENT).not.toEqual([]);

  it('R39 goes on with a write for which a change of its table waits', async () => {
    await database.write({ contacts: [sampleContact('A1')] });
    const [holder, changer] = [await database.connect(), await database.connect()];
    await holder.query('START TRANSACTION');
    await holder.query("SELECT 1 FROM mcall_contacts WHERE `$id` = 'A1' FOR UPDATE");
    const writing = database.write({ contacts: [sampleContact('A1', { md5: 'newer' }), sampleContact('B2')] });
    await until(WRITE_WAITS);
    const changing = changer.query('ALTER TABLE mcall_contacts ADD INDEX theirs (`$md5`(8))');
    await until(WAITS_FOR_TABLE);
    await holder.query('COMMIT');
    expect(await writing).toMatchObject({ inserted: 7, updated: 1 });
    await changing;
  });

  it('R39 begins a write again, unseen, whose first tables are changed together with others', async () => {
    await database.write({ contacts: [sampleContact('A1')] });
    const [holder, changer] = [await database.connect(), await database.connect()];
    await holder.query('START TRANSACTION');
    await holder.query('SELECT count(*) FROM mcall_connections');
    // It takes the locks in the order of the names: that of the contacts once it has that of the connections.
    const changing = changer.query('LOCK TABLES mcall_connections WRITE, mcall_contacts WRITE');
    await until(`${WAITS_FOR_TABLE} AND info LIKE 'LOCK TABLES%'`);
    const writing = database.write({ contacts: [sampleContact('B2')] });
    await until(`${WAITS_FOR_TABLE} AND info NOT LIKE 'LOCK TABLES%'`);
    await holder.query('COMMIT');
    await changing;
    await changer.query('UNLOCK TABLES');
    expect(await writing).toMatchObject({ inserted: 7 });
  });
});
