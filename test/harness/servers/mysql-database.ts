import { randomUUID } from 'node:crypto';
import { createConnection, escapeId } from 'mysql2/promise';
import { inject } from 'vitest';
import type { MysqlProduct } from './mysql-build.ts';
import { createDatabase } from './mysql-server.ts';
import type {} from './servers-setup.ts';

/** The servers of the MySQL family in this run: tests run on each. */
export const MYSQL_PRODUCTS: readonly MysqlProduct[] = inject('mysqlUrl') === null ? ['mariadb'] : ['mariadb', 'mysql'];

/** Creates an empty database on the MariaDB or MySQL of this test run; returns its address. */
export async function createTestDatabase(product: MysqlProduct): Promise<string> {
  const server = inject(`${product}Url`);
  if (server === null) throw new Error(`There is no ${product}: the beginning of the run says why`);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await createDatabase(server, name);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * Drops a database, for runs that make many; others go with the server. Fails soon where a connection still holds a lock on one
 * of its tables: the server would wait for a day.
 */
export async function dropTestDatabase(url: string): Promise<void> {
  const connection = await createConnection(url);
  try {
    await connection.query('SET SESSION lock_wait_timeout = 20');
    await connection.query(`DROP DATABASE ${escapeId(new URL(url).pathname.slice(1))}`);
  } finally {
    await connection.end();
  }
}
