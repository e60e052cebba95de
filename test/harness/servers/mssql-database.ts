import { randomUUID } from 'node:crypto';
import { connectTedious, type TediousClient } from '@dbsync/tds-peer/tedious-client';

/** Connects a separate client at the address of a database, to read it without the sink. */
export async function connectMssql(url: string): Promise<TediousClient> {
  const { hostname, port, username, password, pathname } = new URL(url);
  return connectTedious({
    server: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    requestTimeout: 60_000,
  });
}

/** Creates an empty database on the SQL Server of this test run; returns its address. */
export async function createTestDatabase(): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(`CREATE DATABASE "${name}"`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops a database, for runs that make many. */
export async function dropTestDatabase(url: string): Promise<void> {
  await administer(`DROP DATABASE "${new URL(url).pathname.slice(1)}"`);
}

/** Runs statements one after the other: servers refuse some such statements of two sessions at once. */
async function administer(statement: string): Promise<void> {
  await using client = await connectMssql(serverUrl());
  await client.runBatch("EXEC sp_getapplock 'dbsync tests', 'Exclusive', 'Session', 60000");
  await client.runBatch(statement);
}

function serverUrl(): string {
  const url = process.env.DBSYNC_TEST_MSSQL_URL;
  if (url === undefined) throw new Error('DBSYNC_TEST_MSSQL_URL names no SQL Server');
  return url;
}
