import { createServer, type Server } from 'node:net';
import { type Finding, isSinkError, type SinkError } from '@dbsync/core/contract';
import { CompiledQuery, sql } from 'kysely';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { letRemember, MYSQL_STARTERS, type MysqlServer } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { withParameters } from '../../../test/harness/targets.ts';
import { readAddress } from '../src/mysql-address.ts';
import { createMysqlEngine } from '../src/mysql-engine.ts';

const options = { signal: new AbortController().signal };
const engineOf = (address: string) => createMysqlEngine(readAddress(serverTarget(address)));

/** Starts a server that takes connections and never answers. */
async function silentServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const silent = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  return { server: silent, port: (silent.address() as { port: number }).port };
}

async function refusal(address: string): Promise<SinkError> {
  try {
    await (await engineOf(address).connect(options)).close();
  } catch (error) {
    if (isSinkError(error)) return error;
    throw error;
  }
  throw new Error('It connected');
}

async function health(address: string): Promise<readonly Finding[]> {
  const session = await engineOf(address).connect(options);
  try {
    return await session.checkHealth(options);
  } finally {
    await session.close();
  }
}

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

  /** Returns the database's address with another part. */
  function url(change: (url: URL) => void): string {
    const changed = new URL(database);
    change(changed);
    return changed.href;
  }

  const sessions = async (user: string) =>
    (await admin.query<RowDataPacket[]>('SELECT id FROM information_schema.processlist WHERE user = ?', [user]))[0];

  async function createUser(user: string, grants: string): Promise<string> {
    await admin.query(`CREATE USER ${admin.escape(user)} IDENTIFIED BY 'x'; ${grants}`);
    const address = url((u) => void Object.assign(u, { username: user, password: 'x' }));
    await letRemember(address);
    return address;
  }

  describe('connecting', () => {
    it('takes a unix socket', async () => {
      const address = url((u) => u.searchParams.set('socket', server.socketPath));
      const [first] = await health(address);
      expect(first).toMatchObject({ level: 'pass', what: expect.stringMatching(/not encrypted$/) });
    });

    it('leaves no handle after close, and a second close does nothing', async () => {
      const session = await engineOf(await createUser('gone', "GRANT ALL ON copies.* TO 'gone'")).connect(options);
      expect(await sessions('gone')).toHaveLength(1);
      await session.close();
      await session.close();
      await expect.poll(() => sessions('gone')).toEqual([]);
    });

    it('R10 knows of a connection that the server ended while it was idle, until a call has reported it', async () => {
      const session = await engineOf(await createUser('broken', "GRANT ALL ON copies.* TO 'broken'")).connect(options);
      expect(session.losses.unreported()).toBeNull();
      for (const { id } of await sessions('broken')) await admin.query(`KILL ${id}`);
      const loss = { code: 'MYSQL_CONNECTION_LOST', connectionLost: true, outcome: 'not-committed' };
      await expect.poll(() => session.losses.unreported()).toMatchObject(loss);
      session.losses.reported();
      expect(await session.schema.listTables(options)).toEqual([]);
      expect(session.losses.unreported()).toBeNull();
      await session.close();
    });

    it('R10 takes no connection for lost that it has closed or broken off itself', async () => {
      const session = await engineOf(await createUser('aborted', "GRANT ALL ON copies.* TO 'aborted'")).connect(
        options,
      );
      const abort = new AbortController();
      const batch = {
        rows: [],
        statements: [CompiledQuery.raw('DO sleep(60)')],
        guards: [],
        watched: new Set<string>(),
      };
      const call = session.upsert(batch, abort);
      const sleeping = "SELECT id FROM information_schema.processlist WHERE user = 'aborted' AND state = 'User sleep'";
      await expect.poll(async () => (await admin.query<RowDataPacket[]>(sleeping))[0]).toHaveLength(1);
      abort.abort();
      await expect(call).rejects.toMatchObject({ outcome: 'unknown' });
      await session.close();
      expect(session.losses.unreported()).toBeNull();
    });

    it('gives each session our settings, whatever those of the server are', async () => {
      await admin.query("SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', GLOBAL time_zone = '+05:00'");
      await admin.query('SET GLOBAL wait_timeout = 1');
      const session = await engineOf(database).connect(options);
      await admin.query('SET GLOBAL sql_mode = DEFAULT, GLOBAL time_zone = DEFAULT, GLOBAL wait_timeout = DEFAULT');
      const query = sql`SELECT ${'\\'} AS sign, now() = utc_timestamp() AS utc, @@sql_mode LIKE '%STRICT_ALL%' AS strict,
        @@wait_timeout AS idle`;
      const { rows } = await query.execute(session.db, options);
      await session.close();
      expect(rows).toEqual([{ sign: '\\', utc: 1, strict: 1, idle: 2147483 }]);
    });
  });

  describe('what stands in the way', () => {
    it.each<[string, string, string, (u: URL) => void]>([
      [
        'MYSQL_LOGIN_REFUSED',
        'fatal',
        'error 1045',
        (u) => {
          u.password = 'wrong-canary';
        },
      ],
      [
        'MYSQL_LOGIN_REFUSED',
        'fatal',
        'error 1045',
        (u) => {
          u.password = '';
        },
      ],
      [
        'MYSQL_LOGIN_REFUSED',
        'fatal',
        'nobody',
        (u) => {
          u.username = 'nobody';
        },
      ],
      [
        'MYSQL_DATABASE_MISSING',
        'fatal',
        'CREATE DATABASE `no ``one` CHARACTER SET utf8mb4',
        (u) => {
          u.pathname = '/no `one';
        },
      ],
      [
        'MYSQL_UNREACHABLE',
        'retryable',
        'ECONNREFUSED',
        (u) => {
          u.port = '1';
        },
      ],
      [
        'MYSQL_UNREACHABLE',
        'retryable',
        'ECONNREFUSED',
        (u) => {
          u.port = '1';
          u.hostname = 'localhost';
        },
      ],
      [
        'MYSQL_UNREACHABLE',
        'retryable',
        'no-such-host.invalid',
        (u) => {
          u.hostname = 'no-such-host.invalid';
          u.search = 'ssl-mode=DISABLED';
        },
      ],
      [
        'MYSQL_UNREACHABLE',
        'retryable',
        'nowhere',
        (u) => {
          u.hostname = '%2Fnowhere';
        },
      ],
    ])('%s (%s): %s', async (code, verdict, says, change) => {
      const error = await refusal(withParameters(url(change), server.loginParameters));
      expect(error).toMatchObject({ code, verdict, outcome: 'not-committed', message: expect.stringContaining(says) });
      expect(error.message).not.toContain('canary');
    });

    it('tells a server that takes no writes', async () => {
      const address = await createUser('writer', "GRANT ALL ON copies.* TO 'writer'");
      await admin.query('SET GLOBAL read_only = ON');
      const engine = engineOf(address);
      const session = await engine.connect(options);
      const create = session.db.schema.createTable('x').addColumn('id', 'integer').compile();
      const refused = await session.schema.alter(create, options).catch(engine.toSinkError);
      const findings = await session.checkHealth(options);
      await session.close();
      await admin.query('SET GLOBAL read_only = OFF');
      expect(refused).toMatchObject({ code: 'MYSQL_READ_ONLY', verdict: 'retryable', outcome: 'not-committed' });
      expect(findings).toContainEqual(expect.objectContaining({ level: 'fail', what: 'The server is read only' }));
    });

    it('says that the server has no connection left', async () => {
      const address = await createUser('many', "GRANT ALL ON copies.* TO 'many'; SET GLOBAL max_connections = 10");
      const others: Connection[] = [];
      try {
        for (let nr = 0; nr < 10; nr += 1) others.push(await createConnection(address));
      } catch {
        // The last possible connection has been made.
      }
      expect(await refusal(address)).toMatchObject({ code: 'MYSQL_BUSY', verdict: 'retryable', connectionLost: true });
      for (const other of others) await other.end();
      await admin.query('SET GLOBAL max_connections = DEFAULT');
    });
  });
});

it('gives up on a host that does not answer, in the time that was given', async () => {
  const { server: silent, port } = await silentServer();
  const error = await refusal(`mysql://x:y@127.0.0.1:${port}/z?connect-timeout=1`);
  expect(error).toMatchObject({ code: 'MYSQL_UNREACHABLE', verdict: 'retryable', outcome: 'not-committed' });
  await new Promise((resolve) => silent.close(resolve));
});

it('ends soon when it is aborted while it connects', async () => {
  const { server: silent, port } = await silentServer();
  const stop = new AbortController();
  silent.once('connection', () => stop.abort());
  const engine = engineOf(`mysql://x:y@127.0.0.1:${port}/z?connect-timeout=600`);
  await expect(engine.connect({ signal: stop.signal })).rejects.toMatchObject({ code: 'MYSQL_ABORTED' });
  await new Promise((resolve) => silent.close(resolve));
});
