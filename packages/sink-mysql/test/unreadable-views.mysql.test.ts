import { describe, expect, it, onTestFinished } from 'vitest';
import { MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { mysqlOfEachTest } from '../../../test/harness/servers/mysql-of-each-test.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const VIEW = 'mcall_v_agents_by_hour';

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  const database = mysqlOfEachTest(product, createSink);

  /** Creates an account with these rights and returns its address. */
  async function accountWith(user: string, rights: readonly string[]): Promise<string> {
    await database.other.query(`CREATE USER ${user} IDENTIFIED BY 'its own'`);
    const { other } = database;
    onTestFinished(() => void other.query(`DROP USER IF EXISTS ${user}`).catch(() => {}));
    for (const right of rights) await other.query(`GRANT ${right} TO ${user}`);
    const url = new URL(database.url);
    if (product === 'mysql') url.searchParams.set('ssl-mode', 'REQUIRED');
    return Object.assign(url, { username: user, password: 'its%20own' }).href;
  }

  it('an ordinary account makes a view again whose maker is gone, and leaves one alone that it may not read', async () => {
    const name = new URL(database.url).pathname.slice(1);
    const [gone, ordinary] = [`gone_${name.slice(-8)}`, `plain_${name.slice(-8)}`];
    await database.sink.viewing?.installViews({ timeZone: 'UTC' }, options);
    await accountWith(gone, [`ALL ON ${name}.*`]);
    const url = await accountWith(ordinary, [`ALL ON ${name}.*`]);
    await database.other.query(`ALTER DEFINER = ${gone} VIEW ${VIEW} AS SELECT 1 AS calls FROM mcall_contacts`);
    await database.other.query(`DROP USER ${gone}`);
    const sink = createSink(serverTarget(url));
    onTestFinished(() => sink.close());
    await sink.open(options);
    await sink.declareFields([], options);
    await expect(database.other.query(`SELECT * FROM ${VIEW}`)).resolves.toBeDefined();

    const [tables] = await database.other.query("SHOW FULL TABLES WHERE table_type = 'BASE TABLE'");
    const onTables = (tables as object[]).map((row) => `SELECT, INSERT, UPDATE, DELETE ON ${Object.values(row)[0]}`);
    const onDatabase = 'CREATE, ALTER, INDEX, REFERENCES, CREATE TEMPORARY TABLES, CREATE VIEW, DROP';
    const blind = await accountWith(`blind_${name.slice(-8)}`, [...onTables, `${onDatabase} ON ${name}.*`]);
    const other = createSink(serverTarget(blind));
    onTestFinished(() => other.close());
    await other.open(options);
    await expect(other.declareFields([], options)).resolves.toEqual([]);
  });
});
