import type { TestProject } from 'vitest/node';
import { tellNotRun } from '../not-run.ts';
import type { DatabaseServer } from './database-server.ts';
import { hasCommand } from './debian-tools.ts';
import { hasOwnMysql, startMariadb, startMysql } from './mysql-server.ts';
import { startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  /** The address of a superuser, on a server that all tests of a run share. */
  interface ProvidedContext {
    readonly postgresUrl: string;
    /** Null where there is no apt-get, or where it failed, which fails every test that needs it. */
    readonly mariadbUrl: string | null;
    /** Null where it could not be had: then its tests do not exist. */
    readonly mysqlUrl: string | null;
    /** Parameters of an address with which dbsync logs in to that MySQL. */
    readonly mysqlLogin: Readonly<Record<string, string>>;
  }
}

const servers: DatabaseServer[] = [];

/** Starts one server of each kind for a run, as Vitest's global setup; an address in the environment replaces it. */
export async function setup({ provide }: TestProject): Promise<void> {
  const { env } = process;
  if (!hasCommand('apt-get'))
    tellNotRun(
      'all that is published to NATS, poolers of PostgreSQL, and the page of dbsync report in a browser',
      'a machine with apt-get',
    );
  if (env.DBSYNC_TEST_MSSQL_URL === undefined)
    tellNotRun('the conformance and the engine tests against SQL Server', 'DBSYNC_TEST_MSSQL_URL=sqlserver://...');
  const [postgresUrl, mariadbUrl, mysql] = await Promise.all([
    env.DBSYNC_TEST_POSTGRES_URL ?? urlOf(startPostgres({ settings: { max_connections: '200' } })),
    env.DBSYNC_TEST_MARIADB_URL ?? mariadbUrlHere(),
    mysqlHere(env.DBSYNC_TEST_MYSQL_URL),
  ]);
  provide('postgresUrl', postgresUrl);
  provide('mariadbUrl', mariadbUrl);
  provide('mysqlUrl', mysql.url);
  provide('mysqlLogin', mysql.loginParameters ?? {});
}

export async function teardown(): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}

async function mariadbUrlHere(): Promise<string | null> {
  if (!hasCommand('apt-get')) {
    tellNotRun('all that is stored in MariaDB', 'a MariaDB in DBSYNC_TEST_MARIADB_URL');
    return null;
  }
  try {
    return await urlOf(startMariadb(FAMILY));
  } catch (error) {
    console.error(`MariaDB could not be had, so every test of it fails: ${(error as Error).message}`);
    return null;
  }
}

async function mysqlHere(
  given: string | undefined,
): Promise<Pick<DatabaseServer, 'loginParameters'> & { readonly url: string | null }> {
  if (given !== undefined) {
    if (!hasOwnMysql()) tellNotRun('the tests that start a MySQL themselves', 'a run without DBSYNC_TEST_MYSQL_URL');
    return { url: given };
  }
  try {
    return await kept(startMysql(FAMILY));
  } catch (error) {
    tellNotRun(`the MySQL legs (${(error as Error).message})`, 'a MySQL in DBSYNC_TEST_MYSQL_URL');
    return { url: null };
  }
}

/** Settings with a time zone that has daylight saving time, so that code which forgets to ask for UTC fails. */
const FAMILY = { timeZone: 'CET-1CEST,M3.5.0,M10.5.0/3', settings: { 'max-connections': '300' } };

async function urlOf(starting: Promise<DatabaseServer>): Promise<string> {
  return (await kept(starting)).url;
}

async function kept(starting: Promise<DatabaseServer>): Promise<DatabaseServer> {
  const server = await starting;
  servers.push(server);
  return server;
}
