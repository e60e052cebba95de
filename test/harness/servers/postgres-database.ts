import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createDatabase } from './postgres-server.ts';
import type {} from './servers-setup.ts';

/**
 * Creates a database on the PostgreSQL of this test run; returns its address.
 * @param template the database that it is a copy of; undefined: it is empty
 */
export async function createTestDatabase(template?: string): Promise<string> {
  const url = new URL(inject('postgresUrl'));
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await createDatabase(await administrator(), name, template);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops a database, for runs that make many; others go with the server. */
export async function dropTestDatabase(url: string): Promise<void> {
  const name = pg.escapeIdentifier(new URL(url).pathname.slice(1));
  await (await administrator()).query(`DROP DATABASE ${name} WITH (FORCE)`);
}

let connected: Promise<pg.Client> | null = null;

/** Returns this process's connection for databases that come and go: to connect takes as long as to create one. */
function administrator(): Promise<pg.Client> {
  connected ??= connect();
  return connected;
}

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  client.on('error', () => {
    connected = null;
  });
  await client.connect();
  return client;
}
