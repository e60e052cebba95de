import type { SinkShare } from '@dbsync/core/contract';
import type { EngineSession } from '@dbsync/sql';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { createTestDatabase, dropTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { withClient } from '../../../test/harness/servers/postgres-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from '../src/postgres-address.ts';
import { createPostgresEngine } from '../src/postgres-engine.ts';

/** The options of a call that is never aborted. */
export const options = { signal: new AbortController().signal };

/** The database of a test, and another client that looks at it. */
export const server = { database: '', admin: new pg.Client() };

const opened = new Set<EngineSession>();

/** Creates the database. Call it before each test. */
export async function openServer(): Promise<void> {
  server.database = await createTestDatabase();
  await openAdmin();
}

/** Closes the sinks that are still open, and drops the database. Call it after each test. */
export async function closeServer(): Promise<void> {
  await Promise.all(Array.from(opened, (session) => session.close()));
  opened.clear();
  await server.admin.end();
  await dropTestDatabase(server.database);
}

async function openAdmin(): Promise<void> {
  server.admin = new pg.Client({ connectionString: server.database, application_name: 'admin' });
  await server.admin.connect();
}

/** Puts an empty database in the place of the one of the test. */
export async function replaceDatabase(): Promise<void> {
  await server.admin.end();
  const name = pg.escapeIdentifier(new URL(server.database).pathname.slice(1));
  await withClient(new URL('/postgres', server.database).href, async (client) => {
    await client.query(`DROP DATABASE ${name}`);
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  });
  await openAdmin();
}

export const engineOf = (share: SinkShare, url = server.database) =>
  createPostgresEngine(readAddress(serverTarget(url)), share);

/** Connects a sink that shares its connections, until the test ends. */
export async function connect(share: SinkShare, url = server.database): Promise<EngineSession> {
  const session = await engineOf(share, url).connect(options);
  opened.add(session);
  return session;
}

/** Counts sessions of the database. */
export const numberOf = async (condition: string) =>
  (await server.admin.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND ${condition}`))
    .rowCount;
export const connections = () => numberOf("application_name = 'dbsync'");

export const query = (session: EngineSession, text: string, signal = options.signal) =>
  session.db.executeQuery(CompiledQuery.raw(text), { signal });

/** Holds a lock that the queries wait for, so that they keep their connections until it is released. */
export async function holdLock(): Promise<() => Promise<unknown>> {
  await server.admin.query('SELECT pg_advisory_lock(1)');
  return () => server.admin.query('SELECT pg_advisory_unlock_all()');
}
export const WAITING = 'SELECT pg_advisory_xact_lock(1)';
export const waiting = () => numberOf("wait_event_type = 'Lock'");

/** Ends the connection of the query that has waited longest for the lock. */
export async function endFirstWaiting(): Promise<void> {
  await server.admin.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' ORDER BY query_start LIMIT 1`);
}
