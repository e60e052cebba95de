import { afterAll, beforeAll, describe, it } from 'vitest';
import { OTHER_WAY_CASES } from '../../../test/harness/repeated-cases.ts';
import { dropTestDatabase } from '../../../test/harness/servers/mysql-database.ts';
import { MYSQL_STARTERS, type MysqlServer } from '../../../test/harness/servers/mysql-server.ts';
import { mysqlSubject } from '../../../test/harness/servers/mysql-store.ts';
import { createSink } from '../src/index.ts';

/** Runs each server with the way of sending rows that is not its default. */
describe.each(MYSQL_STARTERS)('the MySQL sink on %s, by the other way of rows', (product, start) => {
  let server: MysqlServer;
  beforeAll(async () => {
    server = await start({ settings: { local_infile: product === 'mariadb' ? 'OFF' : 'ON' } });
  });
  afterAll(() => server.stop());
  const subject = mysqlSubject(createSink, { create: () => server.createDatabase(), drop: dropTestDatabase });

  for (const { name, run } of OTHER_WAY_CASES) it(name, () => run(subject));
});
