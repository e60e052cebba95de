import { afterEach, beforeEach, expect, it } from 'vitest';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { readAddress } from '../src/postgres-address.ts';
import { createPostgresConnections } from '../src/postgres-connection.ts';
import { createPostgresEngine } from '../src/postgres-engine.ts';
import { createPostgresPool } from '../src/postgres-pool.ts';
import {
  closeServer,
  connect,
  connections,
  endFirstWaiting,
  holdLock,
  numberOf,
  openServer,
  options,
  query,
  server,
  WAITING,
  waiting,
} from './sharing-sinks.ts';

beforeEach(openServer);
afterEach(closeServer);

const addressOf = (url = server.database) => readAddress(serverTarget(url));

it('R10 tells each sink when the last connection that is lost builds an index', async () => {
  const share = sinkShare(4);
  const pools = [1, 2].map(() => createPostgresPool(addressOf(), share));
  for (const pool of pools) await pool.start(options.signal);
  const unreported = () => pools.map(({ losses }) => losses.unreported()?.code);
  const build = pools[0]?.useAlone(options.signal, async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const terminate = (which: string) =>
      server.admin.query(
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'dbsync' AND pid ${which} $1`,
        [rows[0]?.pid],
      );
    await terminate('<>');
    expect(unreported()).toEqual([undefined, undefined]);
    await Promise.all([expect(client.query('SELECT pg_sleep(60)')).rejects.toThrow(), terminate('=')]);
  });
  await build;
  await expect.poll(unreported).toEqual(['POSTGRES_CONNECTION_LOST', 'POSTGRES_CONNECTION_LOST']);
  await Promise.all(pools.map((pool) => pool.close()));
});

it('lends no connection that was opened for a start that was given up', async () => {
  const opened = createPostgresConnections(addressOf(), 3, { lost: () => {}, replaced: null });
  const { pool, start, close } = opened;
  const [one, other, late] = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
  late.release();
  await start([one, other]);
  const next = await pool.connect();
  const { rows } = await next.query(
    "SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone",
  );
  expect(rows).toEqual([{ path: 'pg_catalog, pg_temp', zone: 'UTC' }]);
  for (const client of [one, other, next]) client.release();
  await close();
  await expect.poll(connections).toBe(0);
});

it('R10 lends a connection that the server ends to no other sink', async () => {
  const share = sinkShare(4);
  const sessions = await Promise.all(Array.from({ length: 6 }, () => connect(share)));
  const release = await holdLock();
  const calls = sessions.map((session) =>
    query(session, WAITING).then(
      () => 'done',
      () => 'lost',
    ),
  );
  await expect.poll(waiting).toBe(3);
  await endFirstWaiting();
  await expect.poll(waiting).toBe(3);
  await release();
  expect((await Promise.all(calls)).toSorted()).toEqual(['done', 'done', 'done', 'done', 'done', 'lost']);
});

it('lets a role connect that may not ask when the server started, where nothing is compared with it', async () => {
  const role = `role_${server.database.split('/').at(-1)}`;
  await server.admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'; GRANT CREATE ON SCHEMA public TO ${role};
    REVOKE EXECUTE ON FUNCTION pg_postmaster_start_time() FROM PUBLIC`);
  const url = Object.assign(new URL(server.database), { username: role, password: 'secret' });
  const session = await createPostgresEngine(addressOf(url.href)).connect(options);
  expect(await session.schema.listTables(options)).toEqual([]);
  await session.close();
  await server.admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
});

const SLEEP = 'SELECT pg_sleep(600)';

it('ends the statement of an aborted call, although the sink is closed at once', async () => {
  const session = await createPostgresEngine(addressOf()).connect(options);
  const abort = new AbortController();
  const aborted = query(session, SLEEP, abort.signal).catch(() => 'aborted');
  const sleeping = () => numberOf("wait_event = 'PgSleep'");
  await expect.poll(sleeping).toBe(1);
  abort.abort(new Error('no'));
  await session.close();
  expect(await aborted).toBe('aborted');
  await expect.poll(sleeping).toBe(0);
});
