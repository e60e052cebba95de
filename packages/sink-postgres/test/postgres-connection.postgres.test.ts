import { createServer, type Server } from 'node:net';
import { type Finding, isSinkError, type SinkError } from '@dbsync/core/contract';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../test/harness/servers/postgres-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from '../src/postgres-address.ts';
import { createPostgresEngine } from '../src/postgres-engine.ts';

const options = { signal: new AbortController().signal };

let server: PostgresServer;
let admin: pg.Client;
beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await server.stop();
});

/** Returns the server's address with another part. */
function url(change: (url: URL) => void): string {
  const changed = new URL(server.url);
  change(changed);
  return changed.href;
}

const engineOf = (address: string) => createPostgresEngine(readAddress(serverTarget(address)));

/** Starts a server that takes connections and never answers. */
async function silentServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const silent = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  return { server: silent, port: (silent.address() as { port: number }).port };
}

async function refusal(address: string): Promise<SinkError> {
  const engine = engineOf(address);
  try {
    await (await engine.connect(options)).close();
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

describe('connecting', () => {
  it('takes a unix socket and asks for no more than the address says', async () => {
    const [first] = await health(
      `postgres://postgres@${encodeURIComponent(server.socketDirectory)}:${server.port}/postgres`,
    );
    expect(first?.what).toMatch(/not encrypted$/);
  });

  it('passes the options of the user on to the server', async () => {
    await admin.query('CREATE SCHEMA elsewhere');
    const address = `${server.url}?search_path=elsewhere&application_name=copy&options=${encodeURIComponent('-c work_mem=7MB')}`;
    const session = await engineOf(address).connect(options);
    const { rows } = await admin.query("SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'copy'");
    // The second connection shows that no pooler shares backends among them.
    expect(rows).toEqual([{ count: 2 }]);
    await session.schema.alter(session.db.schema.createTable('made').addColumn('id', 'text').compile(), options);
    expect(await session.schema.listTables(options)).toEqual(['made']);
    expect((await admin.query("SELECT to_regclass('elsewhere.made') IS NOT NULL AS there")).rows).toEqual([
      { there: true },
    ]);
    await session.close();
  });

  it('leaves no handle after close, and a second close does nothing', async () => {
    const session = await engineOf(`${server.url}?application_name=gone`).connect(options);
    await session.close();
    await session.close();
    await expect
      .poll(async () => (await admin.query("SELECT FROM pg_stat_activity WHERE application_name = 'gone'")).rowCount)
      .toBe(0);
  });
});

describe('what stands in the way', () => {
  it.each<[string, string, string, (u: URL) => void]>([
    [
      'POSTGRES_LOGIN_REFUSED',
      'fatal',
      'password authentication failed',
      (u) => {
        u.password = 'wrong-canary';
      },
    ],
    [
      'POSTGRES_LOGIN_REFUSED',
      'fatal',
      'password',
      (u) => {
        u.password = '';
      },
    ],
    [
      'POSTGRES_LOGIN_REFUSED',
      'fatal',
      'nobody',
      (u) => {
        u.username = 'nobody';
      },
    ],
    [
      'POSTGRES_DATABASE_MISSING',
      'fatal',
      `CREATE DATABASE "no ""one"`,
      (u) => {
        u.pathname = '/no "one';
      },
    ],
    [
      'POSTGRES_UNREACHABLE',
      'retryable',
      'ECONNREFUSED',
      (u) => {
        u.port = '1';
      },
    ],
    [
      'POSTGRES_UNREACHABLE',
      'retryable',
      'ECONNREFUSED',
      (u) => {
        u.port = '1';
        u.hostname = 'localhost';
      },
    ],
    [
      'POSTGRES_UNREACHABLE',
      'retryable',
      'no-such-host.invalid',
      (u) => {
        u.hostname = 'no-such-host.invalid';
        u.search = 'sslmode=disable';
      },
    ],
    [
      'POSTGRES_UNREACHABLE',
      'retryable',
      'nowhere',
      (u) => {
        u.hostname = '%2Fnowhere';
      },
    ],
  ])('%s (%s): %s', async (code, verdict, says, change) => {
    const error = await refusal(url(change));
    expect(error).toMatchObject({ code, verdict, outcome: 'not-committed', message: expect.stringContaining(says) });
    expect(error.message).not.toContain('canary');
  });

  it('gives up on a host that does not answer, in the time that was given', async () => {
    const { server: silent, port } = await silentServer();
    const error = await refusal(`postgres://x:y@127.0.0.1:${port}/z?connect_timeout=1`);
    expect(error).toMatchObject({ code: 'POSTGRES_UNREACHABLE', verdict: 'retryable', outcome: 'not-committed' });
    await new Promise((resolve) => silent.close(resolve));
  });

  it('ends soon when it is aborted while it connects', async () => {
    const { server: silent, port } = await silentServer();
    const stop = new AbortController();
    silent.once('connection', () => stop.abort());
    const engine = engineOf(`postgres://x:y@127.0.0.1:${port}/z?connect_timeout=600`);
    await expect(engine.connect({ signal: stop.signal })).rejects.toMatchObject({ code: 'POSTGRES_ABORTED' });
    await new Promise((resolve) => silent.close(resolve));
  });

  it('names the database to make when this one stores no Unicode', async () => {
    await admin.query(`CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
    expect(
      await refusal(
        url((u) => {
          u.pathname = '/narrow';
        }),
      ),
    ).toMatchObject({
      code: 'POSTGRES_ENCODING_UNFIT',
      verdict: 'fatal',
      message: expect.stringContaining(`CREATE DATABASE "narrow_utf8" ENCODING 'UTF8'`),
    });
  });

  it('shows the grant to a user who may not create tables, in health and in the error', async () => {
    await admin.query(`CREATE ROLE "poor'one" LOGIN PASSWORD 'x'; REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC`);
    const address = url((u) => {
      u.username = "poor'one";
      u.password = 'x';
    });
    const remedies = (await health(address)).filter(({ level }) => level === 'fail').map(({ remedy }) => remedy);
    expect(remedies).toEqual([
      `GRANT USAGE, CREATE ON SCHEMA "public" TO "poor'one"`,
      `GRANT TEMPORARY ON DATABASE "postgres" TO "poor'one"`,
    ]);
    const engine = engineOf(address);
    const session = await engine.connect(options);
    const denied = await session.schema
      .alter(session.db.schema.createTable('x').addColumn('id', 'text').compile(), options)
      .catch(engine.toSinkError);
    expect(denied).toMatchObject({
      code: 'POSTGRES_PRIVILEGE_MISSING',
      verdict: 'fatal',
      message: expect.stringContaining('GRANT USAGE, CREATE'),
    });
    await session.close();
    for (const remedy of remedies) await admin.query(remedy ?? '');
    expect((await health(address)).every(({ level }) => level !== 'fail')).toBe(true);
  });

  it('tells a server that takes no writes', async () => {
    const address = `${server.url}?options=${encodeURIComponent('-c default_transaction_read_only=on')}`;
    expect(await health(address)).toContainEqual(
      expect.objectContaining({ level: 'fail', what: 'Transactions are read-only' }),
    );
    const engine = engineOf(address);
    const session = await engine.connect(options);
    const refused = await session.schema
      .alter(session.db.schema.createTable('x').addColumn('id', 'text').compile(), options)
      .catch(engine.toSinkError);
    expect(refused).toMatchObject({ code: 'POSTGRES_READ_ONLY', verdict: 'retryable', outcome: 'not-committed' });
    await session.close();
  });
});
