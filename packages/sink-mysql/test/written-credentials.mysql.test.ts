import { createConnection } from 'mysql2/promise';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { letRemember } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from '../src/mysql-address.ts';
import { createMysqlEngine } from '../src/mysql-engine.ts';

const options = { signal: new AbortController().signal };

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  it('takes credentials as they were written where the server refuses them decoded, and shows neither', async () => {
    const database = await createTestDatabase(product);
    const admin = await createConnection({ uri: database, multipleStatements: true });
    onTestFinished(async () => {
      await admin.query('DROP USER raw, decoded');
      await admin.end();
      await dropTestDatabase(database);
    });
    await admin.query(`CREATE USER raw IDENTIFIED BY 's%41cret'; CREATE USER decoded IDENTIFIED BY 'sAcret';
      GRANT ALL ON *.* TO raw; GRANT ALL ON *.* TO decoded`);
    for (const [user, password] of Object.entries({ raw: 's%2541cret', decoded: 'sAcret' })) {
      const url = new URL(database);
      [url.username, url.password] = [user, password];
      await letRemember(url.href);
    }
    const connect = (user: string, password: string) => {
      const url = new URL(database);
      [url.username, url.password] = [user, password];
      return createMysqlEngine(readAddress(serverTarget(url.href))).connect(options);
    };
    for (const user of ['raw', 'decoded']) {
      const session = await connect(user, 's%41cret');
      expect(await session.schema.listTables(options)).toEqual([]);
      await session.close();
    }
    const refused: Error = await connect('raw', 'wr%41ong').then(
      () => new Error('It connected'),
      (error) => error,
    );
    expect(refused).toMatchObject({ code: 'MYSQL_LOGIN_REFUSED' });
    expect(`${refused.message} ${refused.stack}`).not.toMatch(/wr(%41|A)ong/);
  });
});
