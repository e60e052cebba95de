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
  await createDatabase(url.href, name, template);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops a database, for runs that make many; others go with the server. */
export async function dropTestDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(`DROP DATABASE ${pg.escapeIdentifier(new URL(url).pathname.slice(1))} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}
