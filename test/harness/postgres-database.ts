import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { createDatabase } from './postgres-server.ts';
import type {} from './postgres-setup.ts';

/** An empty database of its own on the PostgreSQL of this test run; answers its address. */
export async function createTestDatabase(): Promise<string> {
  const url = new URL(inject('postgresUrl'));
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await createDatabase(url.href, name);
  url.pathname = `/${name}`;
  return url.href;
}
