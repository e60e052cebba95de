import type { Finding, SinkError, StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { letRemember, MYSQL_STARTERS, type MysqlServer } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from './index.js';
import { readAddress } from './mysql-address.js';
import { createMysqlEngine } from './mysql-engine.js';
import { grantText } from './privileges.js';

const failures = (findings: readonly Finding[]) => findings.filter(({ level }) => level === 'fail');
const options = { signal: new AbortController().signal };

describe.each(MYSQL_STARTERS)('%s', (_product, start) => {
  let server: MysqlServer;
  let admin: Connection;
  let database: string;
  beforeAll(async () => {
    server = await start();
    database = await server.createDatabase('copies');
    admin = await createConnection({ uri: database, multipleStatements: true });
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  async function createUser(user: string, grant: string): Promise<string> {
    await admin.query(`CREATE USER ${admin.escape(user)} IDENTIFIED BY 'x'; ${grant}`);
    const url = new URL(database);
    [url.username, url.password] = [user, 'x'];
    await letRemember(url.href);
    return url.href;
  }

  it('shows the grant to a user who may not create tables, in the error and in health', async () => {
    const address = await createUser("poor'one", "GRANT SELECT ON copies.* TO 'poor''one'");
    const engine = createMysqlEngine(readAddress(serverTarget(address)));
    const session = await engine.connect(options);
    const create = session.db.schema.createTable('x').addColumn('id', 'integer').compile();
    const denied = await session.schema.alter(create, options).catch(engine.toSinkError);
    const failing = failures(await session.checkHealth(options));
    expect(denied).toMatchObject({ code: 'MYSQL_PRIVILEGE_MISSING', verdict: 'fatal' });
    const grant = /GRANT .+$/.exec((denied as SinkError).message)?.[0] ?? '';
    expect(failing.map(({ remedy }) => remedy)).toEqual([grant]);
    await admin.query(grant);
    expect(failures(await session.checkHealth(options))).toEqual([]);
    await session.close();
  });

  it('shows the grant for views to a user who may make none, which suffices to make them again', async () => {
    const user = "view'less";
    const address = await createUser(user, grantText({ user, database: 'copies' }, null));
    // A session keeps the privileges that it has found when it began.
    const withSink = async <T>(work: (sink: StoreSink) => Promise<T>) => {
      const sink = createSink(serverTarget(address, { 'table-prefix': 'viewed_' }));
      await sink.open(options);
      return work(sink).finally(() => sink.close());
    };
    const install = (timeZone: string) => withSink(async (sink) => sink.viewing?.installViews({ timeZone }, options));
    await withSink((sink) => sink.declareFields([], options));
    const denied = await install('UTC').catch((error: unknown) => error);
    expect(denied).toMatchObject({ code: 'MYSQL_PRIVILEGE_MISSING' });
    const grant = /GRANT .+$/.exec((denied as SinkError).message)?.[0] ?? '';
    expect(grant).toBe("GRANT CREATE VIEW, DROP ON `copies`.* TO 'view\\'less'@'%'");
    await admin.query(grant);
    await install('UTC');
    await install('Europe/Madrid');
    await withSink(async (sink) => sink.viewing?.dropViews(options));
  });

  it('does all its work with no more than it asks for', async () => {
    await admin.query('CREATE TABLE old_contacts (`$id` varchar(9), `$status` varchar(9)) CHARACTER SET latin1');
    const sink = createSink(
      serverTarget(await createUser('modest', grantText({ user: 'modest', database: 'copies' }, null)), {
        'table-prefix': 'old_',
      }),
    );
    await sink.open(options);
    await sink.declareFields([textField('city')], options);
    const claim = await claimOf(sink);
    const write = (md5: string, formerIds: string[]) =>
      sink.write(
        batchOf({ contacts: [sampleContact('A1', { md5, values: { city: md5 }, formerIds })] }),
        claim,
        options,
      );
    await write('1', []);
    await sink.postRequest('C1', { key: 'k', kind: 'refetch', contactIds: ['A1'] }, options);
    expect(await write('2', ['none'])).toMatchObject({ inserted: 0, updated: 1 });
    const findings = await sink.checkHealth(options);
    await sink.close();
    expect(failures(findings)).toEqual([]);
  });
});
